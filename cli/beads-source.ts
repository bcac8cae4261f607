import { join, resolve } from 'node:path'
import { GembaError } from '../model/error.ts'
import type { BeadsExchange } from '../model/exchange.ts'
import { folderExchange } from '../planes/work/bd/folder-exchange.ts'
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
  readonly beadsDir?: string
}

/**
 * Opens what the flags name, then what the environment names, then the project's own database. `not_running` when Gemba
 * keeps that and does not run, `source_invalid` for an address that is none; no message shows a password.
 */
export async function openExchange(flags: SourceFlags, env: NodeJS.ProcessEnv = process.env): Promise<BeadsExchange> {
  if (flags.beadsUrl !== undefined && flags.beadsDir !== undefined) {
    throw new GembaError('usage', { why: '--beads-url and --beads-dir each name a database; name one' })
  }
  const named = flags.beadsUrl ?? flags.beadsDir
  const url = flags.beadsUrl ?? (named === undefined ? env['GEMBA_BEADS_URL'] : '')
  if (url !== undefined && url !== '') return sqlExchange(urlLogin(url, env['GEMBA_BEADS_PASSWORD_FILE']))
  const folder = flags.beadsDir ?? env['GEMBA_BEADS_DIR'] ?? ''
  if (folder !== '') return folderExchange(resolve(folder))
  return projectExchange(flags.folder, dataFolderOf(flags.folder, flags.data))
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

/** The database that the running Gemba uses, else that of the folder or server which the project names. */
async function projectExchange(folder: string, data: DataFolder): Promise<BeadsExchange> {
  const { beads } = loadProject(folder)
  if ('folder' in beads) return folderExchange(beads.folder)
  if (!beads.embedded) return sqlExchange(serverLogin(beads))
  const running = await runningServer(data)
  if (running?.state !== 'up') throw new GembaError('not_running', { folder: resolve(folder) })
  const settings = readServerSettings({ [settingsVariable]: join(data.settings, 'server.json') })
  return sqlExchange(beadsLogin(settings.beads as BeadsServerSettings))
}
