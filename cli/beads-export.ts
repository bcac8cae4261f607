import { statSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { GembaError } from '../model/error.ts'
import type { ExportFormat } from '../model/exchange.ts'
import { openExchange, type SourceFlags } from './beads-source.ts'
import { exitCodes, say } from './output.ts'

export interface ExportFlags extends SourceFlags {
  readonly format: ExportFormat
}

/**
 * `gemba beads export`: writes a Beads database as JSONL to a file, which appears whole or not at all, or to standard
 * output for `-`. A folder gets one file, `beads.jsonl`.
 */
export async function beadsExport(file: string, flags: ExportFlags): Promise<number> {
  const exchange = await openExchange(flags)
  if (file === '-') {
    await exchange.export(flags.format, writeOut)
    return exitCodes.done
  }
  const path = fileAt(resolve(file))
  const draft = `${path}.${process.pid}.draft`
  try {
    const handle = await open(draft, 'wx', 0o600).catch((cause: Error) => {
      const fix = 'Name a file in a folder that you may write to, or - for standard output.'
      throw new GembaError('path_unusable', { path, why: cause.message, fix }, { cause })
    })
    const lines = await exchange
      .export(flags.format, async (text) => void (await handle.write(text)))
      .finally(() => handle.close())
    await rename(draft, path)
    say(`${lines} ${lines === 1 ? 'line' : 'lines'} written to ${path}`)
    return exitCodes.done
  } finally {
    await rm(draft, { force: true })
  }
}

function fileAt(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? join(path, 'beads.jsonl') : path
}

/** As fast as it is read. */
function writeOut(text: string): Promise<void> {
  return new Promise((done, failed) => {
    process.stdout.write(text, (error) => (error == null ? done() : failed(error)))
  })
}
