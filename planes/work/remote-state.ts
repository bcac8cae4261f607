import { stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { GembaError } from '../../model/error.ts'
import type { RemoteState } from '../../model/mode.ts'
import { withoutSecrets } from '../../runtime/url-secrets.ts'

/** Dolt's and bd's own default. */
const remoteName = 'origin'
/** Milliseconds for which what is known of a remote stands: many look, and each look asks others. */
export const remoteLifeMs = 10_000
/** Milliseconds that a host may take to answer. */
const patienceMs = 3_000

export interface DoltRemote {
  readonly name: string
  readonly url: string
}

/**
 * Where a database is pushed to and pulled from: `origin`, else the first of its remotes. Only asks whether the host
 * answers: nobody's login is used, nothing is fetched. `sameMachine`: a path of the database is one of ours.
 */
export async function remoteStateOf(remotes: readonly DoltRemote[], sameMachine: boolean): Promise<RemoteState> {
  const remote = remotes.find((each) => each.name === remoteName) ?? remotes[0]
  if (remote === undefined) {
    return { configured: false, name: '', display: '', reachable: 'unknown', why: 'no remote is set up' }
  }
  const { name, url } = remote
  const display = isHosted(url) ? url : withoutSecrets(url)
  return { configured: true, name, display, ...(await reach(url, sameMachine)) }
}

/** Refuses with `remote_invalid` what is no Dolt remote, or holds a secret that others would see. */
export function requireRemote({ name, url }: DoltRemote): void {
  const refuse = (why: string): never => {
    throw new GembaError('remote_invalid', { why })
  }
  if (!/^[A-Za-z0-9][\w.-]{0,62}$/.test(name)) refuse('its name is not a short word')
  if (url.length > 2_000 || !/^[\x21-\x7e]+$/.test(url) || url.startsWith('-')) refuse('it is not an address')
  if (isHosted(url)) return
  const parsed = URL.parse(url)
  if (parsed === null || !schemes.includes(parsed.protocol)) {
    return refuse(`it begins with none of ${schemes.map((scheme) => `${scheme}//`).join(', ')}`)
  }
  if (parsed.password !== '') refuse('a password in it would be seen by others; Dolt keeps logins by itself')
}

const schemes = ['https:', 'http:', 'file:', 'ssh:', 'git+ssh:', 'git+https:', 'git+file:', 'aws:', 'gs:', 'oci:']
const ports: Readonly<Record<string, number>> = {
  'https:': 443,
  'git+https:': 443,
  'http:': 80,
  'ssh:': 22,
  'git+ssh:': 22,
}

/** `owner/database` on DoltHub. */
function isHosted(url: string): boolean {
  return /^[A-Za-z0-9][\w-]*\/[A-Za-z0-9][\w-]*$/.test(url)
}

async function reach(url: string, sameMachine: boolean): Promise<Pick<RemoteState, 'reachable' | 'why'>> {
  if (isHosted(url)) return answers('doltremoteapi.dolthub.com', 443)
  const parsed = URL.parse(url)
  if (parsed === null) return { reachable: 'unknown', why: 'its address is none that Gemba understands' }
  if (/^(git\+)?file:$/.test(parsed.protocol)) return isThere(parsed, sameMachine)
  const port = parsed.port === '' ? ports[parsed.protocol] : Number(parsed.port)
  if (port === undefined || parsed.hostname === '') {
    return { reachable: 'unknown', why: 'only the client of that cloud can tell' }
  }
  return answers(parsed.hostname.replace(/^\[|\]$/g, ''), port)
}

async function isThere(url: URL, sameMachine: boolean): Promise<Pick<RemoteState, 'reachable' | 'why'>> {
  if (!sameMachine) return { reachable: 'unknown', why: 'it is a folder on the machine of the database server' }
  const path = fileURLToPath(`file://${url.pathname}`)
  const there = (await stat(path).catch(() => undefined))?.isDirectory() === true
  return there ? { reachable: 'yes', why: 'the folder is there' } : { reachable: 'no', why: 'there is no such folder' }
}

function answers(host: string, port: number): Promise<Pick<RemoteState, 'reachable' | 'why'>> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const settle = (reachable: 'yes' | 'no', why: string): void => {
      socket.destroy()
      resolve({ reachable, why })
    }
    socket.setTimeout(patienceMs, () => settle('no', `${host} does not answer`))
    socket.once('connect', () => settle('yes', `${host} answers; whether it takes the login was not tried`))
    socket.once('error', (error: NodeJS.ErrnoException) => settle('no', `${host}: ${error.code ?? 'no connection'}`))
  })
}
