/** Where a Beads database is and who we are there. */
export interface BeadsLogin {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password?: string
  readonly database: string
}
