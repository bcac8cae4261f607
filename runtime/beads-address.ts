import type { ProjectFile } from '../model/schema/config.ts'
import { invalid, type ConfigFile } from './config-file.ts'

/** Where the beads are: a Dolt server that Gemba runs, or one of the person's own. */
export type BeadsAddress =
  | { readonly embedded: true; readonly database: string }
  | {
      readonly embedded: false
      readonly host: string
      readonly port: number
      readonly user: string
      readonly password: string
      readonly database: string
      readonly tls: boolean
    }

/** Reads `[beads]`. An address wins over `embedded` unless the file asks for both; `from` says where it was written. */
export function beadsAddress(
  file: ConfigFile<ProjectFile>,
  url: { readonly value: string | undefined; readonly from: string },
  database: string,
): BeadsAddress {
  const written = file.content.beads ?? {}
  if (written.embedded === true && written.url !== undefined) {
    throw invalid(file.file, file.lineOf(['beads', 'url']), 'beads.url and beads.embedded = true exclude each other')
  }
  if (url.value !== undefined) return ownServer(url.value, url.from, database)
  if (written.embedded === false) {
    throw invalid(file.file, file.lineOf(['beads', 'embedded']), 'beads.embedded = false needs beads.url')
  }
  return { embedded: true, database }
}

function ownServer(text: string, from: string, database: string): BeadsAddress {
  const refuse = (why: string): never => {
    throw invalid(from, undefined, why)
  }
  const url = URL.parse(text)
  if (url === null || url.hostname === '')
    return refuse('beads.url is not an address such as mysql://user@host:3306/beads')
  const plain = (part: string): string => decoded(part) ?? refuse('beads.url has a % without two digits; write %25')
  const path = plain(url.pathname.slice(1))
  return {
    embedded: false,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 3306 : Number(url.port),
    user: plain(url.username) || 'root',
    password: plain(url.password),
    database: path === '' ? database : path,
    tls: url.searchParams.get('tls') === 'true',
  }
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
