/** Parts of an address that may be shown as they are: nothing here can hide a password. */
const plainUser = /^[A-Za-z0-9._~-]{1,64}$/
const plainServer = /^(?:[A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:\/[A-Za-z0-9._~-]*)*$/
const plainParameters =
  /^(?:tls|tls-ca|ssl|sslmode|application_name|connect_timeout|host|port|dbname)=[A-Za-z0-9._~/-]*$/

/** Where a user is somebody's name; elsewhere it may be a token, as in `https://token@host`. */
const namesUser = /^(?:git\+)?ssh:$/i

/** Like `withoutSecrets`, and without the user too, unless it is one of a machine: `https://…@host/x`. */
export function withoutLogin(address: string): string {
  const shown = withoutSecrets(address)
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(shown)?.[0] ?? ''
  return namesUser.test(scheme) ? shown : shown.replace(/^([^/]*\/\/)[^@/]*@/, '$1…@')
}

/** A text in which others may have quoted addresses, without the logins in them. */
export function withoutLogins(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s"'<>]*@/gi, '$1…@')
}

/**
 * An address as it may be shown: `postgres://me:…@db/gemba`. What is not plainly harmless gives way to `…`, also in an
 * address that no program would understand, such as one whose password holds an unescaped `@`, `/` or `?`.
 */
export function withoutSecrets(address: string): string {
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(address) ?? []
  if (scheme === undefined) return '…'
  // A password may hold what ends it by the standard, so it goes on to the last @.
  const at = rest.lastIndexOf('@')
  const before = rest.slice(0, Math.max(at, 0))
  if (/[/?#]/.test(before)) return `${scheme}…`
  const [server = '', ...parameters] = rest.slice(at + 1).split(/[?&]/)
  const shown = plainServer.test(server) ? server : '…'
  const query = parameters.length === 0 ? '' : `?${parameters.map(parameter).join('&')}`
  return `${scheme}${at < 0 ? '' : login(before)}${shown}${query}`
}

function login(text: string): string {
  const colon = text.indexOf(':')
  const user = colon < 0 ? text : text.slice(0, colon)
  return `${user === '' || plainUser.test(user) ? user : '…'}${colon < 0 ? '' : ':…'}@`
}

function parameter(text: string): string {
  if (plainParameters.test(text)) return text
  const name = /^([A-Za-z_]{1,40})=/.exec(text)?.[1]
  return name === undefined ? '…' : `${name}=…`
}
