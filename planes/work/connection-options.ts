import type { ConnectionOptions } from 'mysql2/promise'
import type { BeadsLogin } from './login.ts'

/** How every connection to a Beads server is made, but for its database. With TLS nothing is said without it. */
export function connectionOptions(login: BeadsLogin): ConnectionOptions {
  const { host, port, user, password, tls } = login
  return {
    host,
    port,
    user,
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { ssl: secured(tls) }),
    charset: 'utf8mb4',
    connectTimeout: 5_000,
  }
}

function secured({ ca }: NonNullable<BeadsLogin['tls']>): Exclude<ConnectionOptions['ssl'], string | undefined> {
  const checked = { minVersion: 'TLSv1.2', rejectUnauthorized: true, verifyIdentity: true }
  return ca === undefined ? checked : { ...checked, ca }
}
