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
