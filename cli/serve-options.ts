import { GembaError } from '../model/error.ts'
import type { ServingConfig } from '../runtime/config.ts'
import { requireFreePort } from '../runtime/free-port.ts'
import { isLoopback, listenText, parseListen, type ListenAddress } from '../runtime/listen-address.ts'
import type { ModeFlags } from '../runtime/serve-mode.ts'
import type { ServeOptions } from './compose.ts'

/** What stands behind `gemba serve`. */
export interface ServeFlags extends ModeFlags {
  readonly listen?: string
  readonly auth?: 'token' | 'none'
  readonly orchestration?: 'native' | 'none'
  readonly backend?: string
  readonly publicUrl?: string
  readonly data?: string
  readonly open?: boolean
  readonly json?: boolean
}

/**
 * What the flags and the configuration say together; a port 0 is replaced by a free one. `usage` for a flag that is
 * not right, `bind_refused` for an open door without sign-in, `backend_unavailable` for terminals that are not driven.
 */
export async function serveOptions(loaded: ServingConfig, flags: ServeFlags, command: string): Promise<ServeOptions> {
  requireBackend(flags.backend ?? 'tmux', command)
  const asked = flags.listen === undefined ? loaded.listen : requireListen(flags.listen, command)
  const auth = flags.auth ?? loaded.auth
  const publicUrl = flags.publicUrl === undefined ? loaded.publicUrl : originOf(flags.publicUrl, command)
  if (auth === 'none') refuseOpenDoor(asked, publicUrl)
  const listen = { host: asked.host, port: asked.port === 0 ? await requireFreePort(asked, command) : asked.port }
  const everywhere = listen.host === '0.0.0.0' || listen.host === '::'
  const shown = everywhere ? { ...listen, host: '127.0.0.1' } : listen
  return {
    listen,
    auth,
    publicUrl,
    orchestration: flags.orchestration ?? loaded.orchestration,
    url: `http://${listenText(shown)}`,
  }
}

/** Terminals of macOS that seed 003 names beside tmux. */
const macTerminals: readonly string[] = ['iterm2', 'terminal', 'terminal.app']

function requireBackend(backend: string, command: string): void {
  if (backend === 'tmux') return
  if (macTerminals.includes(backend.toLowerCase())) {
    const why = 'it exists only on macOS, and this version of Gemba drives tmux alone, there as well'
    throw new GembaError('backend_unavailable', { backend, why })
  }
  const why = `--backend ${backend} names no terminals that Gemba knows, such as: ${command} --backend tmux`
  throw new GembaError('usage', { why })
}

/** Without sign-in nobody beyond this machine may come in, neither directly nor through a proxy with an address of its own. */
function refuseOpenDoor(listen: ListenAddress, publicUrl: string | undefined): void {
  if (!isLoopback(listen.host)) throw new GembaError('bind_refused', { address: listenText(listen) })
  if (publicUrl === undefined || isLoopback(new URL(publicUrl).hostname.replace(/^\[|\]$/g, ''))) return
  throw new GembaError('bind_refused', { address: publicUrl })
}

/** The value of `--listen`; `usage` when it is none. */
export function requireListen(text: string, command: string): ListenAddress {
  const address = parseListen(text)
  if (address !== undefined) return address
  const why = `--listen ${text} is not an address and port, such as: ${command} --listen 127.0.0.1:7667`
  throw new GembaError('usage', { why })
}

/** How the person started us, for advice that can be typed: `npm start --` behind `npm start`. */
export function startCommand(env: NodeJS.ProcessEnv = process.env): string {
  return env[startedByVariable] ?? ownCommand
}

export const ownCommand = 'gemba serve'

/** Tells `gemba serve` by which command a person started it. */
export const startedByVariable = 'GEMBA_STARTED_BY'

function originOf(text: string, command: string): string {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol)) return url.origin
  const why = `--public-url ${text} is not an address, such as: ${command} --public-url https://gemba.example`
  throw new GembaError('usage', { why })
}
