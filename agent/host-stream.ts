import WebSocket from 'ws'
import { GembaError } from '../model/error.ts'
import type { Announcement } from '../model/host.ts'
import type { HostMessage, ServerMessage } from '../model/host-stream.ts'
import { parseJsonObject } from '../model/json.ts'
import type { OrchestrationPlane, TerminalSnapshot } from '../model/orchestration-plane.ts'
import { openOutputSender, type OutputSender } from './output-sender.ts'

export interface HostStreamOptions {
  /** `ws:` or `wss:` address of the server's host stream. */
  readonly url: string
  /** Sent as a bearer token; asked for at each connection. */
  readonly token: string | (() => string)
  readonly host: HostDescription
  readonly plane: OrchestrationPlane
  readonly announceMs: number
}

/** What an announcement says of the host itself. */
export type HostDescription = { readonly id: string } & Omit<Announcement, 'host' | 'panes'>

export interface HostStream {
  close(): Promise<void>
}

type Call = Extract<ServerMessage, { type: 'call' }>

const longestMessage = 256 * 1024
/** Room for the rest of the message around a snapshot. */
const longestSnapshot = longestMessage - 8 * 1024
const shortestWaitMs = 250
const longestWaitMs = 30_000

/** Keeps the host's stream to its server open for ever (model/host-stream.ts). It never changes workflow state. */
export function connectHostStream(options: HostStreamOptions): HostStream {
  let closed = false
  let wait = shortestWaitMs
  let socket: WebSocket | undefined
  let retry: NodeJS.Timeout | undefined

  const connect = () => {
    const token = typeof options.token === 'string' ? options.token : options.token()
    const mine = new WebSocket(options.url, {
      headers: { authorization: `Bearer ${token}` },
      handshakeTimeout: 10_000,
      maxPayload: longestMessage,
    })
    socket = mine
    let release = () => undefined as void
    mine.on('open', () => {
      const openedAt = performance.now()
      const serving = serve(mine, options)
      release = () => {
        serving()
        if (performance.now() - openedAt > longestWaitMs) wait = shortestWaitMs
      }
    })
    mine.on('error', () => undefined)
    mine.on('close', () => {
      release()
      if (closed) return
      retry = setTimeout(connect, wait * (0.5 + Math.random()))
      wait = Math.min(wait * 2, longestWaitMs)
    })
  }

  connect()
  return {
    async close() {
      closed = true
      clearTimeout(retry)
      const last = socket
      if (last === undefined || last.readyState === WebSocket.CLOSED) return
      await new Promise<void>((resolve) => {
        last.once('close', () => resolve())
        last.close()
        setTimeout(() => last.terminate(), 1_000).unref()
      })
    },
  }
}

/** Serves one connection; returns the release of what it holds. */
function serve(socket: WebSocket, options: HostStreamOptions): () => void {
  const send = (message: HostMessage) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
  }
  const output = openOutputSender({ send, waiting: () => socket.bufferedAmount })
  const watches = new Map<string, () => void>()
  let heard = true
  let announcing = false
  const announce = async () => {
    if (announcing) return
    announcing = true
    try {
      const panes = await options.plane.panes()
      const { id, instance, version, kinds, slots } = options.host
      send({ type: 'announce', announcement: { host: id, instance, version, kinds, slots, panes } })
    } catch {
      // The next announcement is due soon; a host that can not look at its panes has nothing to say of them.
    } finally {
      announcing = false
    }
  }
  const tick = () => {
    // Nothing came back for a whole period: the connection is dead, though nobody has said so.
    if (!heard) return socket.terminate()
    heard = false
    socket.ping()
    void announce()
  }
  const setWatch = (session: string, on: boolean) => {
    watches.get(session)?.()
    watches.delete(session)
    if (on)
      watches.set(
        session,
        options.plane.watch((_, bytes) => output.push(session, bytes), session),
      )
    else output.forget(session)
  }
  socket.on('pong', () => (heard = true))
  socket.on('message', (data) => {
    heard = true
    const message = parseMessage(String(data))
    if (message?.type === 'announce') void announce()
    else if (message?.type === 'watch') setWatch(message.session, message.on)
    else if (message?.type === 'call') void answer(options.plane, message, output).then(send)
  })
  void announce()
  const timer = setInterval(tick, options.announceMs)
  return () => {
    clearInterval(timer)
    for (const release of watches.values()) release()
    watches.clear()
    output.close()
  }
}

async function answer(plane: OrchestrationPlane, call: Call, output: OutputSender): Promise<HostMessage> {
  try {
    return { type: 'reply', id: call.id, ok: true, value: (await carryOut(plane, call, output)) ?? null }
  } catch (error) {
    const known = error instanceof GembaError ? error : new GembaError('internal', { why: String(error).slice(0, 300) })
    return { type: 'reply', id: call.id, ok: false, code: known.code, params: known.params }
  }
}

async function carryOut(plane: OrchestrationPlane, call: Call, output: OutputSender): Promise<unknown> {
  if (call.method === 'peek') return plane.peek(call.session, call.lines)
  if (call.method === 'terminal') {
    const snapshot = shorten(await plane.terminal(call.session))
    output.restart(call.session)
    return snapshot
  }
  if (call.method === 'keys') return plane.keys(call.session, Buffer.from(call.data, 'base64'))
  return plane.resize(call.session, call.columns, call.rows)
}

/** Leaves out the oldest lines until it fits into one message. */
function shorten(snapshot: TerminalSnapshot): TerminalSnapshot {
  let lines = snapshot.screen.split('\r\n')
  while (lines.length > 1 && Buffer.byteLength(JSON.stringify(lines.join('\r\n'))) > longestSnapshot) {
    lines = lines.slice(Math.ceil(lines.length / 8))
  }
  return { ...snapshot, screen: lines.join('\r\n') }
}

function parseMessage(text: string): ServerMessage | undefined {
  const value = parseJsonObject(text)
  return value !== undefined && 'type' in value ? (value as unknown as ServerMessage) : undefined
}
