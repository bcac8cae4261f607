/**
 * Stands in for the Gemba server where the browser itself is under test: the built console's files, and `/api/v1`
 * over plain objects. Whatever it is told to do it does at once, and says so on the event stream.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import type { BeadEvent, BeadSummary, Edge } from '../../model/bead.ts'
import type { EscalationView } from '../../model/escalation.ts'
import type { EventBody } from '../../model/event.ts'
import type { CapabilityProfile, ModeStatus } from '../../model/mode.ts'
import { paneSize } from '../../model/pane-size.ts'
import type { SessionView } from '../../model/session.ts'
import { bodyOf, ok, refused, send, serveFile, textOf, type Answer } from './answers.ts'
import { ProjectDouble, type ManifestDouble } from './project-double.ts'
import { terminalLines } from './sample-details.ts'

const token = 'a-local-token'
const secret = 'the-secret-of-this-browser'
/** The policy of the real server, so that the console is tested under it. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

export interface ApiDouble {
  readonly url: string
  readonly token: string
  /** Every change that was confirmed by a nonce, as `METHOD path`. */
  readonly changes: readonly string[]
  /** Everything that was sent over terminals. */
  readonly typed: readonly unknown[]
  bead(id: string): BeadSummary
  session(id: string): SessionView
  escalation(id: string): EscalationView
  put(beads: readonly BeadSummary[]): void
  /** Puts these in the place of all beads, without a word. */
  replace(beads: readonly BeadSummary[]): void
  /** A bead's past, as the database would tell it; newest first. */
  setHistory(bead: string, items: readonly BeadEvent[]): void
  /** Edges besides those that the summaries tell of. */
  setEdges(bead: string, edges: readonly Edge[]): void
  /** As if somebody else had deleted it. */
  delete(bead: string): void
  /** What the server offers from now on. */
  offer(profile: CapabilityProfile): void
  /** The bodies of confirmed changes, in the order of `changes`. */
  readonly bodies: readonly unknown[]
  /** The next import breaks off before that line. */
  breakImport(line: number): void
  /** What its status says besides, without a word. */
  putStatus(status: Partial<ModeStatus>): void
  /** What stands in its session manifest, without a word. */
  putManifest(manifest: Partial<ManifestDouble>): void
  /** A project in which nothing was ever written. */
  empty(): void
  emit(body: EventBody): void
  /** Output of the panes of all open terminals. */
  draw(bytes: string): void
  /** From now on what is told to start does so only when the returned function is called. */
  holdStarts(): () => void
  /** The next change of this kind fails with this problem. */
  fail(
    change: string,
    status: number,
    problem: { code: string; detail: string; mend: string; params?: Record<string, string> },
  ): void
  /** Ends all event streams and terminals, as a restart would. */
  drop(): void
  close(): Promise<void>
}

export async function startApiDouble(files: string): Promise<ApiDouble> {
  const nonces = new Map<string, string>()
  const tickets = new Set<string>()
  let signedIn = false
  let ticketNumber = 0
  const failures = new Map<string, Answer>()
  const changes: string[] = []
  const bodies: unknown[] = []
  const typed: unknown[] = []
  const streams = new Set<ServerResponse>()
  const sockets = new Set<WebSocket>()
  const project = new ProjectDouble((event) => {
    const text = `id: e.${event.number}\nevent: ${event.body.kind}\ndata: ${JSON.stringify(event)}\n\n`
    for (const stream of streams) stream.write(text)
  })

  async function api(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const path = url.pathname.slice('/api/v1/'.length).split('/').map(decodeURIComponent)
    const method = request.method ?? 'GET'
    const isLines = request.headers['content-type'] === 'application/x-ndjson'
    const body = isLines ? { text: await textOf(request) } : await bodyOf(request)
    if (path[0] === 'login') {
      if (body['token'] !== token) return send(response, refused)
      signedIn = true
      response.setHeader('set-cookie', `gemba=cookie; HttpOnly; SameSite=Strict; Path=/`)
      return send(response, ok({ secret }))
    }
    if (path[0] === 'beads-export') return mayDownload(request, url) ? sendExport(response) : send(response, refused)
    if (path[0] === 'events') return mayOpen(request) ? openStream(response) : send(response, refused)
    if (!isSignedIn(request) || request.headers['x-gemba-browser'] !== secret) return send(response, refused)
    if (path[0] === 'logout') {
      signedIn = false
      drop()
      return send(response, ok({}))
    }
    if (path[0] === 'tickets') {
      const ticket = `ticket-${ticketNumber++}`
      tickets.add(`${String(body['path'])}?ticket=${ticket}`)
      return send(response, ok({ ticket, expiresAt: new Date().toISOString() }))
    }
    const call = { method, path, query: url.searchParams, body, headers: request.headers }
    if (path[0] === 'beads-import' && path.length === 1)
      return send(response, project.imports.judge(String(body['text'])))
    if (method === 'GET') return send(response, project.read(call))
    if (path[0] === 'nonces') {
      const nonce = `nonce-${nonces.size}`
      nonces.set(
        nonce,
        `${String(body['method'])} ${String(body['path'])} ${JSON.stringify(body['body'])} ${String(body['ifMatch'])}`,
      )
      return send(response, ok({ nonce, expiresAt: new Date().toISOString() }))
    }
    const bound = nonces.get(String(request.headers['x-gemba-confirm']))
    const sent = Object.keys(body).length === 0 && request.headers['content-type'] === undefined ? undefined : body
    if (bound !== `${method} ${url.pathname} ${JSON.stringify(sent)} ${String(request.headers['if-match'])}`)
      return send(response, {
        status: 403,
        body: { code: 'nonce_mismatch', detail: 'The nonce is for another action.', mend: '' },
      })
    const name = `${method} /${path.join('/')}`
    changes.push(name)
    bodies.push(body)
    const failure = failures.get(name)
    failures.delete(name)
    send(response, failure ?? project.change(call))
  }

  function isSignedIn(request: IncomingMessage): boolean {
    return signedIn && request.headers.cookie?.includes('gemba=cookie') === true
  }

  /** Once for each ticket. */
  function mayOpen(request: IncomingMessage): boolean {
    return isSignedIn(request) && tickets.delete(request.url ?? '')
  }

  /** Its ticket names the path alone. */
  function mayDownload(request: IncomingMessage, url: URL): boolean {
    return isSignedIn(request) && tickets.delete(`${url.pathname}?ticket=${url.searchParams.get('ticket')}`)
  }

  function sendExport(response: ServerResponse): void {
    const disposition = 'attachment; filename="beads.jsonl"'
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'content-disposition': disposition })
    response.end('{"_type":"issue","id":"lan-3"}\n')
  }

  function openStream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write('retry: 200\n\n')
    streams.add(response)
    response.on('close', () => streams.delete(response))
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    response.setHeader('content-security-policy', policy)
    if (url.pathname === '/healthz') response.end(JSON.stringify({ ok: true, parts: {} }))
    else if (url.pathname.startsWith('/api/v1/')) void api(request, response, url)
    else serveFile(files, url.pathname, response)
  })
  const terminals = new WebSocketServer({ server, verifyClient: ({ req }: { req: IncomingMessage }) => mayOpen(req) })
  terminals.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { type: string }
      typed.push(message)
      if (message.type === 'control') socket.send(JSON.stringify(message))
    })
    const screen = '\x1b[1;36m●\x1b[0m Reading \x1b[4mcalendar.ts\x1b[0m\r\n'
    socket.send(JSON.stringify({ type: 'snapshot', ...paneSize, screen, skipped: false }))
    socket.send(Buffer.from(terminalLines))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  function drop(): void {
    for (const stream of streams) stream.destroy()
    for (const socket of sockets) socket.terminate()
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    changes,
    typed,
    bead: (id) => project.bead(id),
    session: (id) => project.session(id),
    escalation: (id) => project.escalation(id),
    put: (beads) => project.put(beads),
    replace: (beads) => project.replace(beads),
    setHistory: (bead, items) => project.setHistory(bead, items),
    setEdges: (bead, edges) => project.setEdges(bead, edges),
    delete: (bead) => project.delete(bead),
    offer: (profile) => project.offer(profile),
    bodies,
    breakImport: (line) => project.imports.breakAt(line),
    putStatus: (status) => project.putStatus(status),
    putManifest: (manifest) => project.putManifest(manifest),
    empty: () => project.empty(),
    emit: (body) => project.emit(body),
    draw(bytes) {
      for (const socket of sockets) socket.send(Buffer.from(bytes))
    },
    holdStarts: () => project.holdStarts(),
    fail(name, status, problem) {
      failures.set(name, { status, body: problem })
    },
    drop,
    async close() {
      drop()
      terminals.close()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
