import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { GembaError } from '../../../model/error.ts'
import { parseJsonObject, type JsonObject } from '../../../model/json.ts'
import { isLoopback } from '../../../runtime/listen-address.ts'
import { NoPlainFile, readPlainFile } from '../../../runtime/plain-file.ts'
import type { BeadsLogin } from '../login.ts'

/** No file that says where a database is has more. */
const mostBytes = 256 * 1024

/** A Beads database that lives in a folder. */
export interface BeadsFolder {
  /** The `.beads` folder. */
  readonly beads: string
  /** The folder that it stands in, where bd runs. */
  readonly root: string
  /** Who keeps the rows: bd itself in files, or a Dolt server. */
  readonly mode: 'embedded' | 'server'
  readonly database: string
  /** Names the project that the database belongs to; empty when the folder does not say. */
  readonly project: string
  /** The server that the folder names by host and port; null when bd keeps one by itself, or none. */
  readonly server: {
    readonly host: string
    readonly port: number
    readonly user: string
    readonly tls: boolean
  } | null
}

/**
 * Finds the Beads database of a folder as bd does: the folder is a `.beads` itself, has one, or a folder above has one,
 * up to the root of its repository. A `redirect` file leads elsewhere, and a worktree without a database of its own
 * uses that of its repository. Undefined when there is none; `source_invalid` when what stands for it is no plain file.
 */
export async function discoverBeads(folder: string): Promise<BeadsFolder | undefined> {
  const start = await realpath(resolve(folder)).catch(() => undefined)
  if (start === undefined) return undefined
  if (basename(start) === '.beads') return describe(start)
  for (let here = start; ; here = dirname(here)) {
    const own = await describe(join(here, '.beads'))
    const git = await stat(join(here, '.git')).catch(() => undefined)
    const shared = git?.isFile() === true ? await sharedBeads(join(here, '.git')) : undefined
    // The files of `.beads` that git keeps come with every worktree, the database does not.
    if (own !== undefined && (shared === undefined || own.mode === 'server' || (await hasFiles(own)))) return own
    const found = shared ?? own
    if (found !== undefined || git !== undefined || dirname(here) === here) return found
  }
}

/** The database of the repository that a worktree, or a submodule, belongs to. */
async function sharedBeads(gitFile: string): Promise<BeadsFolder | undefined> {
  const text = await textOf(gitFile)
  const path = /^gitdir: (.+)$/m.exec(text)?.[1]?.trim()
  if (path === undefined) return undefined
  const gitFolder = resolve(dirname(gitFile), path)
  const common = await textOf(join(gitFolder, 'commondir'))
  return common === '' ? undefined : describe(join(dirname(resolve(gitFolder, common.trim())), '.beads'))
}

async function hasFiles({ beads }: BeadsFolder): Promise<boolean> {
  return (await stat(join(beads, 'embeddeddolt')).catch(() => undefined))?.isDirectory() === true
}

/** Like `discoverBeads`; none is `beads_missing`. */
export async function requireBeads(folder: string): Promise<BeadsFolder> {
  const found = await discoverBeads(folder)
  if (found === undefined) throw new GembaError('beads_missing', { folder })
  return found
}

/**
 * The login by which the database of a folder is read by SQL, faster and surer than through bd: when a Dolt server
 * keeps it that the folder names. The password is `BEADS_DOLT_PASSWORD`, or none. Undefined in embedded mode.
 */
export function sqlLoginOf(folder: BeadsFolder, env: NodeJS.ProcessEnv = process.env): BeadsLogin | undefined {
  if (folder.server === null) return undefined
  const password = env['BEADS_DOLT_PASSWORD']
  const { tls, ...server } = folder.server
  const login = { ...server, database: folder.database, ...(tls ? { tls: {} } : {}) }
  // The folder names the server, and may come from anybody: the password of the environment goes to this machine alone.
  return password === undefined || password === '' || !isLoopback(server.host) ? login : { ...login, password }
}

async function describe(beads: string): Promise<BeadsFolder | undefined> {
  const place = await redirected(beads)
  const metadata = await readMetadata(place)
  if (metadata === undefined) return undefined
  const text = (name: string): string => (typeof metadata[name] === 'string' ? metadata[name] : '')
  const mode = text('dolt_mode') === 'server' ? 'server' : 'embedded'
  return {
    beads: place,
    root: dirname(place),
    mode,
    database: text('dolt_database') || 'beads',
    project: text('project_id'),
    server: mode === 'server' ? await serverIn(place, metadata) : null,
  }
}

/** A running server's port stands in a file of its own, and counts more than the one that was recorded. */
async function serverIn(beads: string, metadata: JsonObject): Promise<BeadsFolder['server']> {
  const { dolt_server_host: host, dolt_server_port: recorded, dolt_server_user: user } = metadata
  const running = await textOf(join(beads, 'dolt-server.port'))
  const port = running.trim() === '' ? recorded : Number(running.trim())
  if (typeof host !== 'string' || host === '' || typeof port !== 'number') return null
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return null
  const name = typeof user === 'string' && user !== '' ? user : 'root'
  return { host, port, user: name, tls: metadata['dolt_server_tls'] === true }
}

/** The place that a `redirect` file names, from the project's folder; one step, as with bd. */
async function redirected(beads: string): Promise<string> {
  const text = await textOf(join(beads, 'redirect'))
  const lines = text.split('\n').map((line) => line.trim())
  const path = lines.find((line) => line !== '' && !line.startsWith('#'))
  if (path === undefined) return beads
  return realpath(resolve(dirname(beads), path)).catch(() => beads)
}

async function readMetadata(beads: string): Promise<JsonObject | undefined> {
  if ((await stat(beads).catch(() => undefined))?.isDirectory() !== true) return undefined
  const text = await readPlainFile(join(beads, 'metadata.json'), mostBytes).catch((error: unknown) => {
    if (error instanceof NoPlainFile) throw new GembaError('source_invalid', { why: error.message })
    return undefined
  })
  return text === undefined ? undefined : (parseJsonObject(text) ?? {})
}

/** What a small file says; nothing when it can not be read. */
function textOf(path: string): Promise<string> {
  return readPlainFile(path, mostBytes).then(
    (text) => text ?? '',
    () => '',
  )
}
