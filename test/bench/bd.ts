import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BeadsLogin } from '../../planes/work/login.ts'
import { openDatabase } from '../../planes/work/database.ts'
import { run } from '../../runtime/exec.ts'
import { findTool } from '../../runtime/tools/locate.ts'

export interface Bd {
  list(): Promise<void>
  ready(): Promise<void>
  release(): Promise<void>
}

/** Real `bd` on the same database, in a workspace of its own; undefined when it is not on PATH. */
export async function openBd(login: BeadsLogin): Promise<Bd | undefined> {
  const program = findTool('bd')
  if (program === undefined) return undefined
  const folder = await mkdtemp(join(tmpdir(), 'gemba-bd-'))
  const beads = join(folder, '.beads')
  await mkdir(beads)
  await writeFile(join(beads, 'metadata.json'), JSON.stringify(await metadata(login)))
  await writeFile(join(beads, 'config.yaml'), 'export.auto: false\n')
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    BEADS_DIR: beads,
    BD_NON_INTERACTIVE: '1',
    BEADS_DOLT_AUTO_START: '0',
    BEADS_DOLT_SERVER_HOST: login.host,
    BEADS_DOLT_SERVER_PORT: String(login.port),
    BEADS_DOLT_SERVER_USER: login.user,
    BEADS_DOLT_PASSWORD: login.password ?? '',
  }
  /** It has succeeded only when it also said what it was asked for. */
  const ask = async (command: 'list' | 'ready'): Promise<void> => {
    const said: unknown = JSON.parse(await run(program, [command, '--json', '--limit', '0'], { cwd: folder, env }))
    if (!Array.isArray(said) || said.length === 0) throw new Error(`bd ${command} listed nothing`)
  }
  return {
    list: () => ask('list'),
    ready: () => ask('ready'),
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
