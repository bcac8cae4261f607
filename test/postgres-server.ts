import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import pg from 'pg'
import { exec, start } from '../runtime/exec.ts'
import { freePort } from '../runtime/free-port.ts'
import { guarded } from '../runtime/guard.ts'

/** A real Postgres for tests, on the loopback only. */
export interface PostgresServer {
  /** A new, empty database; its URL. */
  database(): Promise<string>
  /** Stops the server at once, breaking its connections. Absent when the server is not ours to stop. */
  readonly stop?: () => Promise<void>
  /** Starts it again on the same port and the same data. */
  readonly start?: () => Promise<void>
  /** Stops it and removes its folder. */
  release(): Promise<void>
}

interface Account {
  readonly uid?: number
  readonly gid?: number
}

/** Where a Postgres for tests can come from; nothing is started yet. */
export type PostgresSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'binaries'; readonly bin: string; readonly account: Account }
  | { readonly kind: 'none'; readonly reason: string }

/** The server that `GEMBA_TEST_POSTGRES_URL` names, else the machine's own binaries. */
export async function findPostgres(): Promise<PostgresSource> {
  const url = process.env['GEMBA_TEST_POSTGRES_URL']
  if (url !== undefined && url !== '') return { kind: 'url', url }
  const bin = await findBinaries()
  if (bin === undefined) return { kind: 'none', reason: 'no Postgres: neither GEMBA_TEST_POSTGRES_URL nor initdb' }
  const account = await unprivileged()
  if (account === undefined)
    return { kind: 'none', reason: 'Postgres does not run as root, and there is no other user' }
  return { kind: 'binaries', bin, account }
}

/**
 * A server from that source; `reason` says why there is none. Call it in a hook or a test, never while tests are
 * collected: when all are skipped no hook runs, and nobody would release it.
 */
export async function startPostgres(): Promise<
  { readonly server: PostgresServer } | { readonly server: undefined; readonly reason: string }
> {
  const source = await findPostgres()
  switch (source.kind) {
    case 'none':
      return { server: undefined, reason: source.reason }
    case 'url':
      return { server: { database: () => createDatabase(source.url), release: () => Promise.resolve() } }
    case 'binaries':
      return { server: await ownServer(source.bin, source.account) }
  }
}

async function ownServer(bin: string, account: Account): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'gemba-postgres-'))
  if (account.uid !== undefined && account.gid !== undefined) chownSync(folder, account.uid, account.gid)
  const data = join(folder, 'data')
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    await initialise(join(bin, 'initdb'), data, folder, account)
    const port = await freePort()
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`
    const boot = (): Promise<() => Promise<void>> => bootServer(join(bin, 'postgres'), data, port, url, account)
    let stop = await boot()
    return {
      database: () => createDatabase(url),
      stop: () => stop(),
      start: async () => {
        stop = await boot()
      },
      release: async () => {
        await stop()
        remove()
      },
    }
  } catch (error) {
    remove()
    throw error
  }
}

async function initialise(initdb: string, data: string, cwd: string, account: Account): Promise<void> {
  const args = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  const child = start(initdb, args, { ...account, cwd, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr?.on('data', (part: Buffer) => (said += part.toString()))
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code !== 0) throw new Error(`initdb ended with ${String(code)}: ${said.slice(0, 500)}`)
}

/** Starts the server and waits until it answers; returns what stops it. */
async function bootServer(
  postgres: string,
  data: string,
  port: number,
  url: string,
  account: Account,
): Promise<() => Promise<void>> {
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'max_connections=60']
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]
  // Under a guard, so that it ends with us even when the tests are killed.
  const child = start(...guarded(postgres, args, 1), {
    ...account,
    cwd: data,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.stdin?.on('error', () => undefined)
  const ended = new Promise<void>((resolve) => child.once('error', () => resolve()).once('exit', () => resolve()))
  // SIGINT is Postgres's fast stop: it breaks the connections and writes a checkpoint.
  const stop = async (): Promise<void> => {
    child.kill('SIGINT')
    await ended
    child.stdin?.destroy()
  }
  try {
    await answering(url, () => child.exitCode === null && child.signalCode === null)
    return stop
  } catch (error) {
    await stop()
    throw error
  }
}

async function answering(url: string, alive: () => boolean): Promise<void> {
  for (;;) {
    try {
      return await withClient(url, async () => undefined)
    } catch (error) {
      if (!alive()) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function createDatabase(url: string): Promise<string> {
  const name = `gemba_${randomBytes(6).toString('hex')}`
  await withClient(url, (client) => client.query(`create database ${name}`))
  const target = new URL(url)
  target.pathname = `/${name}`
  return target.href
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** The folder of `initdb` and `postgres`: on PATH, told by `pg_config`, or where distributions put them; the newest. */
async function findBinaries(): Promise<string | undefined> {
  const told = await exec('pg_config', ['--bindir']).then(
    (result) => [result.stdout.trim()],
    () => [],
  )
  const path = (process.env['PATH'] ?? '').split(delimiter)
  const named = process.env['GEMBA_TEST_POSTGRES_BIN'] ?? ''
  const folders = [named, ...path, ...told, ...versionsIn('/usr/lib/postgresql'), ...versionsIn('/opt/homebrew/opt')]
  return folders.find((folder) => folder !== '' && hasBinaries(folder))
}

function versionsIn(root: string): string[] {
  if (!existsSync(root)) return []
  const names = readdirSync(root).filter((name) => /^(postgresql@)?\d+$/.test(name))
  names.sort((one, other) => Number(other.replace(/\D/g, '')) - Number(one.replace(/\D/g, '')))
  return names.map((name) => join(root, name, 'bin'))
}

function hasBinaries(folder: string): boolean {
  return ['initdb', 'postgres'].every((name) => existsSync(join(folder, name)))
}

/** Ourselves, or, as root, another user of the machine: Postgres refuses root. */
async function unprivileged(): Promise<Account | undefined> {
  if (userInfo().uid !== 0) return {}
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = await Promise.all([idOf(name, '-u'), idOf(name, '-g')])
    if (uid !== undefined && gid !== undefined) return { uid, gid }
  }
  return undefined
}

async function idOf(name: string, which: '-u' | '-g'): Promise<number | undefined> {
  const { code, stdout } = await exec('id', [which, name])
  return code === 0 ? Number(stdout.trim()) : undefined
}
