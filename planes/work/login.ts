import { readFileSync } from 'node:fs'
import type { BeadsServerSettings } from '../../runtime/settings.ts'

/** Where a Beads database is and who we are there. */
export interface BeadsLogin {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password?: string
  readonly database: string
  /** Speak only TLS, with a server whose certificate names `host`. Absent: without TLS. */
  readonly tls?: {
    /** PEM of the authorities that are trusted instead of those that Node knows. */
    readonly ca?: string
  }
}

/** What the settings of a server say, with the secrets and certificates that they only name. */
export function beadsLogin({ host, port, user, database, passwordFile, tls }: BeadsServerSettings): BeadsLogin {
  const password = passwordFile === null ? {} : { password: readFileSync(passwordFile, 'utf8').trim() }
  return { host, port, user, database, ...password, ...trust(tls) }
}

/** The part of a login that says how TLS is spoken. */
export function trust(tls: BeadsServerSettings['tls']): Pick<BeadsLogin, 'tls'> {
  if (tls === null) return {}
  return { tls: tls.caFile === null ? {} : { ca: readFileSync(tls.caFile, 'utf8') } }
}
