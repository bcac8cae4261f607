import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bdVersions } from '../../model/bd-versions.ts'
import { openDatabase } from '../../planes/work/database.ts'
import type { BeadsLogin } from '../../planes/work/login.ts'
import { exec, run, type ExecResult } from '../../runtime/exec.ts'
import { findTool } from '../../runtime/tools/locate.ts'

/** Real `bd` with a workspace of its own, on a database of a Dolt server. */
export interface Bd {
  /** The workspace; a relative path in an argument is in here. */
  readonly folder: string
  /** Runs a command, however it ends. */
  exec(args: readonly string[]): Promise<ExecResult>
  /** Runs a command and returns what it printed; a non-zero exit is an `ExecError`. */
  run(args: readonly string[]): Promise<string>
  /** Runs a command with `--json` and reads its answer, which is of the caller's word that it has this form. */
  json<T>(args: readonly string[]): Promise<T>
  /** Removes the workspace; the database stays. */
  release(): Promise<void>
}

/** `bd version …` of the `bd` on PATH, or undefined, with why it is not to be had. */
export async function bdVersion(): Promise<{ readonly version?: string; readonly why: string }> {
  const program = findTool('bd')
  if (program === undefined) return { why: 'bd is not on PATH' }
  const said = (await run(program, ['version'])).trim()
  // Others would move a database to a schema that is not ours.
  const [version, name = ''] = /^bd version ([\d.]+)/.exec(said) ?? []
  return version === undefined || !Object.hasOwn(bdVersions, name)
    ? { why: `${said} keeps another schema than version 32` }
    : { version, why: '' }
}

/** Why the `bd` on PATH can not keep a database in files, or undefined: some builds of it work with a server alone. */
export async function filesProblem(): Promise<string | undefined> {
  const { version, why } = await bdVersion()
  const program = findTool('bd')
  if (version === undefined || program === undefined) return why
  const folder = await mkdtemp(join(tmpdir(), 'gemba-bd-'))
  try {
    const env = { PATH: process.env['PATH'], HOME: folder, BEADS_DIR: join(folder, '.beads'), BD_NON_INTERACTIVE: '1' }
    const args = ['init', '--prefix=gm', '--skip-agents', '--skip-hooks', '--non-interactive', '--quiet']
    const { code, stderr } = await exec(program, args, { cwd: folder, env })
    return code === 0 ? undefined : `this bd keeps no databases in files (${stderr.trim().split('\n')[0] ?? ''})`
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Opens a database that is there; undefined when there is no `bd` on PATH. Acts as `actor`. */
export async function openBd(login: BeadsLogin, actor = 'Ada'): Promise<Bd | undefined> {
  const bd = await workspace(login, actor)
  if (bd === undefined) return undefined
  const beads = join(bd.folder, '.beads')
  await mkdir(beads)
  await writeFile(join(beads, 'metadata.json'), JSON.stringify(await metadata(login)))
  await writeFile(join(beads, 'config.yaml'), 'export.auto: false\n')
  return bd
}

/** Has `bd init` make the database; undefined when there is no `bd` on PATH. */
export async function initBd(login: BeadsLogin, prefix: string, actor = 'Ada'): Promise<Bd | undefined> {
  const bd = await workspace(login, actor)
  if (bd === undefined) return undefined
  const server = ['--server', '--external', '--server-host', login.host, '--server-port', String(login.port)]
  const names = ['--server-user', login.user, '--database', login.database, '--prefix', prefix]
  await bd.run(['init', ...server, ...names, '--skip-agents', '--skip-hooks', '--non-interactive'])
  await bd.run(['config', 'set', 'export.auto', 'false'])
  await rm(join(bd.folder, '.beads', 'issues.jsonl'), { force: true })
  return bd
}

async function workspace(login: BeadsLogin, actor: string): Promise<Bd | undefined> {
  const program = findTool('bd')
  if (program === undefined) return undefined
  const folder = await mkdtemp(join(tmpdir(), 'gemba-bd-'))
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    TZ: 'UTC',
    BEADS_DIR: join(folder, '.beads'),
    BEADS_ACTOR: actor,
    BD_NON_INTERACTIVE: '1',
    BEADS_DOLT_AUTO_START: '0',
    BEADS_DOLT_SERVER_HOST: login.host,
    BEADS_DOLT_SERVER_PORT: String(login.port),
    BEADS_DOLT_SERVER_USER: login.user,
    BEADS_DOLT_PASSWORD: login.password ?? '',
  }
  const options = { cwd: folder, env, timeout: 120_000, maxBuffer: 256 * 1024 * 1024 }
  const runIn = (args: readonly string[]): Promise<string> => run(program, args, options)
  return {
    folder,
    exec: (args) => exec(program, args, options),
    run: runIn,
    json: async <T>(args: readonly string[]): Promise<T> => JSON.parse(await runIn([...args, '--json'])) as T,
    release: () => rm(folder, { recursive: true, force: true }),
  }
}

async function metadata(login: BeadsLogin): Promise<object> {
  const database = openDatabase(login)
  try {
    const sql = "SELECT value FROM metadata WHERE `key` = '_project_id'"
    const [row] = await database.read((reading) => reading.rows<{ value: string }>(sql))
    const { host, port, user, database: name } = login
    const server = { dolt_server_host: host, dolt_server_port: port, dolt_server_user: user, dolt_database: name }
    return { database: 'dolt', backend: 'dolt', dolt_mode: 'server', project_id: row?.value ?? '', ...server }
  } finally {
    await database.close()
  }
}
