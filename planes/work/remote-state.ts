import { stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { RemoteState } from '../../model/mode.ts'
import { withoutLogin } from '../../runtime/url-secrets.ts'
import { isHosted, trialName, type DoltRemote } from './remote-address.ts'

/** Dolt's and bd's own default. */
const remoteName = 'origin'
/** Milliseconds that a host may take to answer. */
const patienceMs = 3_000

/**
 * Where a database is pushed to and pulled from: `origin`, else the first of its remotes. Only asks whether the host
 * answers: nobody's login is used, nothing is fetched. `sameMachine`: a path of the database is one of ours.
 */
export async function remoteStateOf(remotes: readonly DoltRemote[], sameMachine: boolean): Promise<RemoteState> {
  const remote = remotes.find((each) => each.name === remoteName) ?? remotes.find((each) => each.name !== trialName)
  if (remote === undefined) {
    return { configured: false, name: '', display: '', reachable: 'unknown', why: 'no remote is set up' }
  }
  const { name, url } = remote
  const display = isHosted(url) ? url : withoutLogin(url)
  return { configured: true, name, display, ...(await reach(url, sameMachine)) }
}

const ports: Readonly<Record<string, number>> = {
  'https:': 443,
  'git+https:': 443,
  'http:': 80,
  'ssh:': 22,
  'git+ssh:': 22,
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
