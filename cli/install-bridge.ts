import { resolve } from 'node:path'
import { installBridge } from '../agent/install-bridge.ts'
import { exitCodes, print } from './output.ts'

/**
 * `gemba install-bridge` (seed 003, Install step): for a person who starts Claude Code by hand. Sessions of Gemba need it
 * not. Ends with 6 when a file was left as it is because git tracks it or
 * it is a symbolic link.
 */
export async function installBridgeCommand(folder: string, options: { json?: boolean }): Promise<number> {
  const files = await installBridge(resolve(folder))
  if (options.json === true) print(JSON.stringify({ version: 1, files }))
  else for (const { file, outcome, note } of files) print(`${outcome}: ${file}${note === '' ? '' : ` (${note})`}`)
  return files.some(({ outcome }) => outcome === 'tracked' || outcome === 'linked')
    ? exitCodes.findings
    : exitCodes.done
}
