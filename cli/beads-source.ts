import { join, resolve } from 'node:path'
import { GembaError } from '../model/error.ts'
import type { BeadsExchange } from '../model/exchange.ts'
import { beadsLogin, trust, type BeadsLogin } from '../planes/work/login.ts'
import { sqlExchange } from '../planes/work/sql-exchange.ts'
import { beadsServer, type BeadsServer } from '../runtime/beads-address.ts'
import { loadProject } from '../runtime/config.ts'
import { dataFolderOf, runningServer, type DataFolder } from '../runtime/data-folder.ts'
import { readServerSettings, settingsVariable } from '../runtime/settings.ts'

/** Which beads a command is about: a source of its own, else a project's. */
export interface SourceFlags {
  readonly folder: string
  readonly data?: string
  readonly beadsUrl?: string
}

/** Variables that stand for flags; a password then shows in no list of processes. */
const urlVariable = 'GEMBA_BEADS_URL'

/**
 * Opens what the flags name, then what the environment names, then the project's own database. `not_running` when Gemba
 * keeps that and does not run, `config_invalid` for an address that is none.
 */
export async function openExchange(flags: SourceFlags, env: NodeJS.ProcessEnv = process.env): Promise<BeadsExchange> {
  if (flags.beadsUrl !== undefined) return sqlExchange(serverLogin(ofUrl(flags.beadsUrl, '--beads-url')))
  const url = env[urlVariable]
  if (url !== undefined && url !== '') return sqlExchange(serverLogin(ofUrl(url, `environment ${urlVariable}`)))
  return sqlExchange(await projectLogin(flags.folder, dataFolderOf(flags.folder, flags.data)))
}

function ofUrl(text: string, from: string): BeadsServer {
  return beadsServer(text, from, '', process.cwd())
}

function serverLogin({ host, port, user, password, database, tls }: BeadsServer): BeadsLogin {
  return { host, port, user, password, database, ...trust(tls) }
}

/** The database that the running Gemba uses, else a server of the project's own. */
async function projectLogin(folder: string, data: DataFolder): Promise<BeadsLogin> {
  const { beads } = loadProject(folder)
  if (!beads.embedded) return serverLogin(beads)
  const running = await runningServer(data)
  if (running?.state !== 'up') throw new GembaError('not_running', { folder: resolve(folder) })
  return beadsLogin(readServerSettings({ [settingsVariable]: join(data.settings, 'server.json') }).beads)
}
