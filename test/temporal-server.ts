import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client, Connection } from '@temporalio/client'
import { start } from '../runtime/exec.ts'
import { freePort } from '../runtime/free-port.ts'
import { locateTool } from '../runtime/tools/locate.ts'
import { connectTemporal } from '../temporal/connect.ts'

export interface TestTemporal {
  readonly address: string
  readonly namespace: string
  readonly client: Client
  readonly connection: Connection
  /** Kills the server without a word; what it knew is lost. The connection stays open. */
  kill(): Promise<void>
  /** Ends both. Repeat-safe. */
  release(): Promise<void>
}

/**
 * A real Temporal server of the test's own: tuned like the embedded one, on a free loopback port or `at`, in a temporary
 * folder. The caller registers `release` at once; the end of this process also ends it.
 */
export async function startTemporal(at?: number): Promise<TestTemporal> {
  const folder = await mkdtemp(join(tmpdir(), 'gemba-temporal-'))
  const port = at ?? (await freePort())
  const settings = ['history.transferProcessorMaxPollRPS=2000', 'system.enableActivityEagerExecution=true']
  const child = start(
    locateTool('temporal'),
    [
      ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'never'],
      ...['--namespace', 'gemba', '--disable-config-file', '--disable-config-env'],
      ...settings.flatMap((setting) => ['--dynamic-config-value', setting]),
    ],
    { stdio: 'ignore', env: { ...process.env, HOME: folder } },
  )
  const exited = new Promise<void>((resolve) => child.once('error', () => resolve()).once('exit', () => resolve()))
  const atExit = (): void => void child.kill('SIGKILL')
  process.once('exit', atExit)
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  const end = async (): Promise<void> => {
    await kill()
    process.off('exit', atExit)
    await rm(folder, { recursive: true, force: true })
  }
  const stop = new AbortController()
  const where = { address: `127.0.0.1:${port}`, namespace: 'gemba' }
  try {
    const { client, connection } = await connectTemporal(where, stop.signal)
    const release = async (): Promise<void> => {
      stop.abort()
      await connection.close()
      await end()
    }
    return { ...where, client, connection, kill, release }
  } catch (error) {
    await end()
    throw error
  }
}
