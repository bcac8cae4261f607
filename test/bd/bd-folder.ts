import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { format, type SqlValue } from 'mysql2'
import { initialiseBeads } from '../../planes/work/bd/initialise-beads.ts'
import type { BeadsFolder } from '../../planes/work/bd/discover-beads.ts'
import { exec } from '../../runtime/exec.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import type { DoltServer } from '../dolt-server.ts'

/** A Beads database in a temporary folder, as `bd init` makes it. */
export interface TestFolder {
  readonly folder: BeadsFolder
  /** What a plane or `bd` on it runs with. */
  readonly env: NodeJS.ProcessEnv
  release(): Promise<void>
}

/** Has `bd` on PATH make a database in a new folder, in files or on a server. */
export async function makeBdFolder(server?: {
  readonly server: DoltServer
  readonly database: string
}): Promise<TestFolder> {
  const root = await mkdtemp(join(tmpdir(), 'gemba-bd-folder-'))
  const release = (): Promise<void> => rm(root, { recursive: true, force: true })
  const env = { PATH: process.env['PATH'], GEMBA_BD: process.env['GEMBA_BD'], HOME: root }
  try {
    const place = server === undefined ? {} : { server: { ...loginOf(server.server), database: server.database } }
    return { folder: await initialiseBeads(join(root), { prefix: 'gm', ...place, env }), env, release }
  } catch (error) {
    await release()
    throw error
  }
}

/** SQL on the files of a folder, between the runs of bd that hold them. */
export async function sqlOnFiles(
  folder: BeadsFolder,
): Promise<<T>(sql: string, values?: readonly unknown[]) => Promise<T[]>> {
  const dolt = locateTool('dolt')
  const home = join(folder.root, 'dolt-home')
  await mkdir(join(home, '.dolt'), { recursive: true })
  const settings = { 'metrics.disabled': 'true', 'versioncheck.disabled': 'true' }
  await writeFile(join(home, '.dolt', 'config_global.json'), JSON.stringify(settings))
  const cwd = join(folder.beads, 'embeddeddolt', folder.database)
  const env = { PATH: process.env['PATH'], HOME: home, DOLT_ROOT_PATH: home, DOLT_DISABLE_EVENT_FLUSH: 'true' }
  return async <T>(sql: string, values: readonly unknown[] = []): Promise<T[]> => {
    const args = ['sql', '-r', 'json', '-q', format(sql, [...values] as SqlValue[])]
    for (let tries = 0; ; tries += 1) {
      const { code, stdout, stderr } = await exec(dolt, args, { cwd, env, timeout: 60_000 })
      if (code === 0) return (JSON.parse(stdout.trim() || '{}') as { rows?: T[] }).rows ?? []
      if (tries > 40 || !/locked/i.test(stderr)) throw new Error(stderr)
      await sleep(100)
    }
  }
}

function loginOf({ host, port, user }: DoltServer): { host: string; port: number; user: string } {
  return { host, port, user }
}
