import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Certificate } from './certificate.ts'
import { start } from '../runtime/exec.ts'
import { freePort } from '../runtime/free-port.ts'
import { locateTool } from '../runtime/tools/locate.ts'

export interface DoltServer {
  readonly host: '127.0.0.1'
  readonly port: number
  readonly user: 'root'
  /** The folder that holds the databases; gone after `release`. */
  readonly folder: string
  /** Kills the server without a word, as a power cut would. The folder stays. */
  kill(): Promise<void>
  /** Starts it again on the same port over the same folder. */
  restart(): Promise<void>
  /** Ends the server and removes its folder. Repeat-safe. */
  release(): Promise<void>
}

/**
 * Starts a real `dolt sql-server` on a free port of the loopback over a temporary folder, with metrics and version
 * check off. Resolves when it answers. The caller registers `release` at once; the end of this process also ends it.
 * With `tls` it takes nobody who speaks without.
 */
export async function startDoltServer(tls?: Certificate): Promise<DoltServer> {
  const dolt = locateTool('dolt')
  const folder = mkdtempSync(join(tmpdir(), 'gemba-dolt-'))
  const home = join(folder, 'home')
  const data = join(folder, 'data')
  mkdirSync(join(home, '.dolt'), { recursive: true })
  mkdirSync(data)
  const settings = { 'metrics.disabled': 'true', 'versioncheck.disabled': 'true' }
  const identity = { 'user.name': 'Test', 'user.email': 'test@example.org' }
  writeFileSync(join(home, '.dolt', 'config_global.json'), JSON.stringify({ ...settings, ...identity }))

  const port = await freePort()
  let ending: (() => Promise<void>) | undefined
  const launch = async (): Promise<void> => {
    ending = await runServer(dolt, { data, home, port, tls })
  }
  const kill = async (): Promise<void> => {
    await ending?.()
    ending = undefined
  }
  const release = async (): Promise<void> => {
    await kill()
    rmSync(folder, { recursive: true, force: true })
  }
  await launch().catch(async (error: unknown) => {
    await release()
    throw error
  })
  return { host: '127.0.0.1', port, user: 'root', folder: data, kill, restart: launch, release }
}

interface Place {
  readonly data: string
  readonly home: string
  readonly port: number
  readonly tls: Certificate | undefined
}

function listenerArguments({ home, port, tls }: Place): string[] {
  if (tls === undefined) return ['--host', '127.0.0.1', '--port', String(port), '-l', 'error']
  const at = (name: string): string => join(home, name)
  writeFileSync(at('cert.pem'), tls.certificate)
  writeFileSync(at('key.pem'), tls.key, { mode: 0o600 })
  const listener = { host: '127.0.0.1', port, tls_cert: at('cert.pem'), tls_key: at('key.pem') }
  // JSON is YAML.
  const settings = { log_level: 'error', listener: { ...listener, require_secure_transport: true } }
  writeFileSync(at('config.yaml'), JSON.stringify(settings))
  return ['--config', at('config.yaml')]
}

async function runServer(dolt: string, place: Place): Promise<() => Promise<void>> {
  const child = start(dolt, ['sql-server', ...listenerArguments(place)], {
    cwd: place.data,
    env: {
      PATH: process.env['PATH'],
      HOME: place.home,
      DOLT_ROOT_PATH: place.home,
      DOLT_DISABLE_EVENT_FLUSH: 'true',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4000)
  })
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const atExit = (): void => void child.kill('SIGKILL')
  process.once('exit', atExit)
  const end = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
    process.off('exit', atExit)
  }
  for (let tries = 0; !(await greets(place.port)); tries += 1) {
    if (child.exitCode === null && tries < 600) await sleep(50)
    else {
      await end()
      throw new Error(`dolt sql-server did not start: ${said}`)
    }
  }
  return end
}

/** Whether a SQL server speaks first on the port, as it does once it is ready. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const done = (answer: boolean) => () => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(2_000, done(false))
    socket.once('error', done(false))
    socket.once('close', done(false))
    socket.once('data', done(true))
  })
}
