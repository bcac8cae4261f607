import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { start } from '../../runtime/exec.ts'
import { freePort } from '../../runtime/free-port.ts'
import { ApiClient } from './api-client.ts'

const gemba = fileURLToPath(new URL('../../scripts/gemba.mjs', import.meta.url))

/** `gemba serve` in Beads-only mode, in an empty folder of its own, as a person runs it. */
export interface RunningBeadsOnly {
  readonly api: ApiClient
  readonly folder: string
  readonly pid: number
  /** The address that it printed, token and all. */
  readonly printed: string
  /** All that it said. */
  readonly said: () => string
  /** All that stands in its logs. */
  readonly logged: () => string
  stop(): Promise<void>
}

/** Starts it with these flags and waits until it is up. `onEnd` gets what ends it and removes its folder, at once. */
export async function launchBeadsOnly(
  flags: readonly string[],
  env: NodeJS.ProcessEnv,
  onEnd: (end: () => Promise<void>) => void,
): Promise<RunningBeadsOnly> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'gemba-beads-only-')))
  const port = await freePort()
  const data = join(folder, 'data')
  const child = start(process.execPath, [gemba, 'serve', '--listen', `127.0.0.1:${port}`, '--json', ...flags], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, GEMBA_DATA: data, GEMBA_ACTOR: 'mike', ...env },
  })
  const exited = once(child, 'close')
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await exited
  }
  onEnd(async () => {
    await stop()
    await rm(folder, { recursive: true, force: true })
  })
  const lines: string[] = []
  const printed = await readyUrl(child, lines)
  const api = new ApiClient(`http://127.0.0.1:${port}`, join(data, 'token'))
  return { api, folder, pid: child.pid ?? 0, printed, said: () => lines.join('\n'), logged: () => logsIn(data), stop }
}

function logsIn(data: string): string {
  const files = readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.log'))
  return files.map((path) => readFileSync(join(data, path), 'utf8')).join('\n')
}

function readyUrl(child: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        if (line.includes('"event":"ready"')) resolve((JSON.parse(line) as { url: string }).url)
      })
    }
    child.once('close', () => reject(new Error(`it ended before it was up:\n${lines.join('\n')}`)))
  })
}
