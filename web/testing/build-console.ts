import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

export interface BuiltConsole {
  readonly folder: string
  remove(): Promise<void>
}

/** Builds the console as it is delivered, into a folder of its own. */
export async function buildConsole(): Promise<BuiltConsole> {
  const folder = await mkdtemp(join(tmpdir(), 'gemba-console-'))
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  await build({
    configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)),
    logLevel: 'error',
    build: { outDir: folder, manifest: true },
  }).finally(() => {
    process.env['NODE_ENV'] = before
  })
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}
