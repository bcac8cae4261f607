import { isIP } from 'node:net'
import { resolve } from 'node:path'
import type { ProjectFile } from '../model/schema/project-file.ts'
import { invalid, type ConfigFile } from './config-file.ts'

/** Where the beads are: a Dolt server that Gemba runs, one of the person's own, or a folder that `bd` keeps. */
export type BeadsAddress = { readonly embedded: true; readonly database: string } | ServerAddress | FolderAddress

export interface FolderAddress {
  readonly embedded: false
  /** A folder with `.beads`, or the `.beads` itself, absolute. */
  readonly folder: string
}

export interface ServerAddress {
  readonly embedded: false
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** Null: without TLS. `caFile`: absolute, the authorities that are trusted instead of those that Node knows. */
  readonly tls: { readonly caFile: string | null } | null
}

/** A key's value and where it was written. */
interface Written {
  readonly value: string | undefined
  readonly from: string
}

/**
 * Reads `[beads]` of the project in `root`. An address or a folder wins over `embedded` unless the file asks for both; of
 * the two the one of the environment wins, and none when both stand in the same place.
 */
export function beadsAddress(
  file: ConfigFile<ProjectFile>,
  { url, dir }: { readonly url: Written; readonly dir: Written },
  database: string,
  root: string,
): BeadsAddress {
  const written = file.content.beads ?? {}
  for (const key of ['url', 'dir'] as const) {
    if (written.embedded === true && written[key] !== undefined) {
      const why = `beads.${key} and beads.embedded = true exclude each other`
      throw invalid(file.file, file.lineOf(['beads', key]), why)
    }
  }
  const [first] = [url, dir].filter(({ value }) => value !== undefined).sort((a, b) => rank(a) - rank(b))
  if (first === undefined) {
    if (written.embedded !== false) return { embedded: true, database }
    throw invalid(file.file, file.lineOf(['beads', 'embedded']), 'beads.embedded = false needs beads.url or beads.dir')
  }
  if (url.value !== undefined && dir.value !== undefined && rank(url) === rank(dir)) {
    throw invalid(url.from, undefined, `beads.url and beads.dir exclude each other; beads.dir comes from ${dir.from}`)
  }
  if (first === dir) return { embedded: false, folder: resolve(root, String(dir.value)) }
  return ownServer(String(url.value), url.from, database, root)
}

/** The environment comes first. */
function rank({ from }: Written): number {
  return from.startsWith('environment ') ? 0 : 1
}

function ownServer(text: string, from: string, database: string, root: string): BeadsAddress {
  return serverAddress(text, database, root, (why) => {
    throw invalid(from, undefined, why)
  })
}

/**
 * A Dolt server by its address, `mysql://` or, of the same meaning, `dolt://`; paths in it count from `root`. What can not
 * be right goes to `refuse`.
 */
export function serverAddress(text: string, database: string, root: string, refuse: Refuse): ServerAddress {
  const url = URL.parse(text.replace(/^dolt:/, 'mysql:'))
  if (url === null || url.protocol !== 'mysql:' || url.hostname === '')
    return refuse('beads.url is not an address such as mysql://user@host:3306/beads')
  const plain = (part: string): string => decoded(part) ?? refuse('beads.url has a % without two digits; write %25')
  const path = plain(url.pathname.slice(1))
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return {
    embedded: false,
    host,
    port: url.port === '' ? 3306 : Number(url.port),
    user: plain(url.username) || 'root',
    password: plain(url.password),
    database: path === '' ? database : path,
    tls: tlsOf(url.searchParams, host, root, refuse),
  }
}

type Refuse = (why: string) => never

/** What asks for safety must not be overheard: a parameter that is not understood is refused. */
function tlsOf(
  parameters: URLSearchParams,
  host: string,
  root: string,
  refuse: Refuse,
): { readonly caFile: string | null } | null {
  const unknown = [...parameters.keys()].find(
    (name, place, all) => !known.includes(name) || all.indexOf(name) !== place,
  )
  if (unknown !== undefined) return refuse(`beads.url may have the parameters ${known.join(' and ')}, each once`)
  const [tls, caFile] = [parameters.get('tls') ?? 'false', parameters.get('tls-ca')]
  if (tls !== 'true' && tls !== 'false') return refuse('tls of beads.url is true or false')
  if (tls === 'false') return caFile === null ? null : refuse('tls-ca of beads.url needs tls=true')
  if (isIP(host) !== 0) return refuse('beads.url with tls=true needs the name that the certificate of the server has')
  return { caFile: caFile === null ? null : resolve(root, caFile) }
}

const known = ['tls', 'tls-ca']

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
