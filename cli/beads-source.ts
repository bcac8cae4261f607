import { join, resolve } from 'node:path'
import { GembaError } from '../model/error.ts'
import type { BeadsExchange } from '../model/exchange.ts'
import { requireBeads, sqlLoginOf } from '../planes/work/bd/discover-beads.ts'
import { createBeads } from '../planes/work/create-beads.ts'
import { beadsLogin, trust, type BeadsLogin } from '../planes/work/login.ts'
import { sqlExchange } from '../planes/work/sql-exchange.ts'
import type { ServerAddress } from '../runtime/beads-address.ts'
import { urlAddress, withPasswordFile } from '../runtime/beads-source.ts'
import { loadProject } from '../runtime/config.ts'
import { dataFolderOf, runningServer, type DataFolder } from '../runtime/data-folder.ts'
import { readServerSettings, settingsVariable, type BeadsServerSettings } from '../runtime/settings.ts'

/** Which beads a command is about: a source of its own, else a project's. */
export interface SourceFlags {
  readonly folder: string
  readonly data?: string
  readonly beadsUrl?: string
}

/**
 * Opens what the flags name, then what the environment names, then the project's own database. `not_running` when Gemba
 * keeps that and does not run, `source_invalid` for an address that is none; no message shows a password.
 */
export async function openExchange(flags: SourceFlags, env: NodeJS.ProcessEnv = process.env): Promise<BeadsExchange> {
  const url = flags.beadsUrl ?? env['GEMBA_BEADS_URL']
  if (url !== undefined && url !== '') return sqlExchange(urlLogin(url, env['GEMBA_BEADS_PASSWORD_FILE']))
  return sqlExchange(await projectLogin(flags.folder, dataFolderOf(flags.folder, flags.data)))
}

/** Makes the database that a flag or the environment names, where there is none. `usage` when neither does. */
export async function createDatabase(
  flags: SourceFlags,
  prefix: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const url = flags.beadsUrl ?? env['GEMBA_BEADS_URL'] ?? ''
  if (url === '') throw new GembaError('usage', { why: '--create makes the database that --beads-url names' })
  await createBeads({ ...urlLogin(url, env['GEMBA_BEADS_PASSWORD_FILE']), prefix })
}

function urlLogin(url: string, passwordFile: string | undefined): BeadsLogin {
  return serverLogin(urlAddress(withPasswordFile(url, passwordFile || undefined, process.cwd())))
}

function serverLogin({ host, port, user, password, database, tls }: ServerAddress): BeadsLogin {
  return { host, port, user, password, database, ...trust(tls) }
}

/** The database that the running Gemba uses, else a server of the project's own. */
async function projectLogin(folder: string, data: DataFolder): Promise<BeadsLogin> {
  const { beads } = loadProject(folder)
  if ('folder' in beads) return folderLogin(beads.folder)
  if (!beads.embedded) return serverLogin(beads)
  const running = await runningServer(data)
  if (running?.state !== 'up') throw new GembaError('not_running', { folder: resolve(folder) })
  const settings = readServerSettings({ [settingsVariable]: join(data.settings, 'server.json') })
  return beadsLogin(settings.beads as BeadsServerSettings)
}

/** The Dolt server that a folder names. `exchange_unsupported` where bd keeps the rows in files. */
async function folderLogin(folder: string): Promise<BeadsLogin> {
  const login = sqlLoginOf(await requireBeads(folder))
  if (login !== undefined) return login
  throw new GembaError('exchange_unsupported', {
    why: `bd keeps the database of ${folder} in files; use the page Import and export of the console, or bd itself`,
  })
}
