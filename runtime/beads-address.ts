import { isIP } from 'node:net'
import { resolve } from 'node:path'
import type { ProjectFile } from '../model/schema/config.ts'
import { invalid, type ConfigFile } from './config-file.ts'

/** Where the beads are: a Dolt server that Gemba runs, or one of the person's own. */
export type BeadsAddress = { readonly embedded: true; readonly database: string } | ServerAddress

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

/** Reads `[beads]` of the project in `root`. An address wins over `embedded` unless the file asks for both; `from` says where it was written. */
export function beadsAddress(
  file: ConfigFile<ProjectFile>,
  url: { readonly value: string | undefined; readonly from: string },
  database: string,
  root: string,
): BeadsAddress {
  const written = file.content.beads ?? {}
  if (written.embedded === true && written.url !== undefined) {
    throw invalid(file.file, file.lineOf(['beads', 'url']), 'beads.url and beads.embedded = true exclude each other')
  }
  if (url.value !== undefined) return ownServer(url.value, url.from, database, root)
  if (written.embedded === false) {
    throw invalid(file.file, file.lineOf(['beads', 'embedded']), 'beads.embedded = false needs beads.url')
  }
  return { embedded: true, database }
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
