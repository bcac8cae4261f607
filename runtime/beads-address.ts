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

/** Reads `[beads]`. An address wins over `embedded` unless the file asks for both. */
export function beadsAddress(file: ConfigFile<ProjectFile>, url: string | undefined, database: string): BeadsAddress {
  const written = file.content.beads ?? {}
  if (written.embedded === true && written.url !== undefined) {
    throw invalid(file.file, file.lineOf(['beads', 'url']), 'beads.url and beads.embedded = true exclude each other')
  }
  if (url !== undefined) return ownServer(file, url, database)
  if (written.embedded === false) {
    throw invalid(file.file, file.lineOf(['beads', 'embedded']), 'beads.embedded = false needs beads.url')
  }
  return { embedded: true, database }
}

function ownServer(file: ConfigFile<ProjectFile>, text: string, database: string): BeadsAddress {
  const url = URL.parse(text)
  if (url === null || url.hostname === '') {
    throw invalid(
      file.file,
      file.lineOf(['beads', 'url']),
      'beads.url is not an address such as mysql://user@host:3306/beads',
    )
  }
  const path = decodeURIComponent(url.pathname.slice(1))
  return {
    embedded: false,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 3306 : Number(url.port),
    user: decodeURIComponent(url.username) || 'root',
    password: decodeURIComponent(url.password),
    database: path === '' ? database : path,
    tls: url.searchParams.get('tls') === 'true',
  }
}
