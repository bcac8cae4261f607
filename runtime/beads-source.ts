import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { GembaError } from '../model/error.ts'
import type { ModeSource, SourceSelection } from '../model/mode.ts'
import { serverAddress, type ServerAddress } from './beads-address.ts'
import { codedError } from './coded-error.ts'

/** Name of the database where an address names none. */
const defaultDatabase = 'beads'

/** How a source is shown: an address without its password, a folder as it is. */
export function sourceDisplay(selection: SourceSelection): ModeSource {
  if (selection.kind !== 'url') return { kind: selection.kind, display: selection.folder }
  const { host, port, user, database } = urlAddress(selection.url)
  const scheme = selection.url.startsWith('dolt:') ? 'dolt' : 'mysql'
  const server = host.includes(':') ? `[${host}]` : host
  return { kind: 'url', display: `${scheme}://${encodeURIComponent(user)}@${server}:${port}/${database}` }
}

/** The parts of the address of a source; `source_invalid` when it is none. Relative paths in it count from the working folder. */
export function urlAddress(url: string): ServerAddress {
  return serverAddress(url, defaultDatabase, process.cwd(), (why) => {
    throw new GembaError('source_invalid', { why: why.replaceAll('beads.url', 'the address') })
  })
}

/** The same address with the password of a file, where it holds none itself. */
export function withPasswordFile(url: string, file: string | undefined, folder: string): string {
  if (file === undefined || urlAddress(url).password !== '') return url
  return withPassword(url, passwordIn(resolve(folder, file)))
}

/** The same address with this password. */
export function withPassword(url: string, password: string): string {
  const parsed = new URL(url.replace(/^dolt:/, 'mysql:'))
  parsed.username ||= 'root'
  parsed.password = encodeURIComponent(password)
  return url.startsWith('dolt:') ? parsed.href.replace(/^mysql:/, 'dolt:') : parsed.href
}

/** The password that a file holds; the end of its line is no part of it. */
export function passwordIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    throw codedError(error instanceof Error ? Object.assign(error, { path }) : error)
  }
}
