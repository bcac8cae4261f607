import { GembaError } from '../../model/error.ts'

/** A remote of a Dolt database, as Dolt and bd name it. */
export interface DoltRemote {
  readonly name: string
  readonly url: string
}

/** Of the remote by which an address is tried; a try that was broken off may leave it behind. */
export const trialName = 'gemba-trial'

const schemes = ['https:', 'http:', 'file:', 'ssh:', 'git+ssh:', 'git+https:', 'git+file:', 'aws:', 'gs:', 'oci:']
/** A name of a user of a machine; longer or odder ones may be secrets. */
const userOfMachine = /^[a-z_][a-z0-9_.-]{0,31}$/i
const tokenOfHost = /^(gh[a-z]_|github_pat_|glpat-)/i

/** `owner/database` on DoltHub. */
export function isHosted(url: string): boolean {
  return /^[A-Za-z0-9][\w-]*\/[A-Za-z0-9][\w-]*$/.test(url)
}

/**
 * Refuses with `remote_invalid` what is no Dolt remote, or holds a login: whoever lists processes, reads the history of
 * `.beads` or asks the database would see it.
 */
export function requireRemote({ name, url }: DoltRemote): void {
  if (!/^[A-Za-z0-9][\w-]{0,62}$/.test(name)) refuse('its name is not a short word')
  if (name === trialName) refuse('Gemba uses that name itself')
  if (url.length > 2_000 || !/^[\x21-\x7e]+$/.test(url) || url.startsWith('-')) refuse('it is not an address')
  if (isHosted(url)) return
  const [, scheme = '', authority = '', rest = ''] = /^([a-z+]+:)\/\/([^/?#]*)(.*)$/i.exec(url) ?? []
  if (!schemes.includes(scheme.toLowerCase())) {
    refuse(`it begins with none of ${schemes.map((each) => `${each}//`).join(', ')}`)
  }
  if (/[?#]/.test(rest)) refuse('it goes on behind its path, where a secret may hide')
  if (holdsLogin({ url })) refuse(`a password or token in it would be seen by others; ${whereLoginsBelong}`)
  if (/^https?:$/i.test(scheme) && (authority === '' || URL.parse(url) === null)) refuse('it is not an address')
}

/** Whether there may be a password or a token in the address. */
export function holdsLogin({ url }: Pick<DoltRemote, 'url'>): boolean {
  const [, scheme = '', rest = ''] = /^([a-z+]+:)\/\/(.*)$/is.exec(url) ?? []
  // A password may hold what ends it by the standard, so it goes on to the last @.
  const at = rest.lastIndexOf('@')
  if (/[?#]/.test(rest)) return true
  if (at < 0 || /^(git\+)?file:$/i.test(scheme)) return false
  const user = rest.slice(0, at)
  return !/^(git\+)?ssh:$/i.test(scheme) || !userOfMachine.test(user) || tokenOfHost.test(user)
}

const whereLoginsBelong =
  'leave it out: `dolt login`, the credential helper of git, a key of ssh or the configuration of the cloud keeps it'

function refuse(why: string): never {
  throw new GembaError('remote_invalid', { why })
}
