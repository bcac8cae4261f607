/**
 * Stands in for the Gemba server where the browser itself is under test: the built console's files, and `/api/v1`
 * over plain objects. Whatever it is told to do it does at once, and says so on the event stream.
 */
import { createReadStream, existsSync, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import type { BeadDetail, BeadPatch, BeadSummary } from '../../model/bead.ts'
import type { EscalationView } from '../../model/escalation.ts'
import type { EventBody } from '../../model/event.ts'
import { paneSize } from '../../model/pane-size.ts'
import type { SessionView } from '../../model/session.ts'
import { patched } from '../src/domain/move.ts'
import { isAbout } from '../src/domain/session-events.ts'
import {
  makeBead,
  makeEvent,
  makeSession,
  sampleBeads,
  sampleEscalations,
  sampleEvents,
  sampleHosts,
  sampleSessions,
} from './sample.ts'

const token = 'a-local-token'
const secret = 'the-secret-of-this-browser'
/** The policy of the real server, so that the console is tested under it. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

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

interface Call {
  readonly method: string
  readonly path: readonly string[]
  readonly query: URLSearchParams
  readonly body: Record<string, unknown>
  readonly headers: IncomingMessage['headers']
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

export async function startApiDouble(files: string): Promise<ApiDouble> {
  const beads = new Map(sampleBeads.map((bead) => [bead.id, bead]))
  const sessions = new Map(sampleSessions.map((session) => [session.id, session]))
  const escalations = new Map(sampleEscalations.map((escalation) => [escalation.id, escalation]))
  const hosts = new Map(sampleHosts.map((host) => [host.id, host]))
  const parked = new Map([
    ['lan-17', { bead: 'lan-17', why: 'the agent could not be started three times', since: new Date().toISOString() }],
  ])
  const nonces = new Map<string, string>()
  const tickets = new Set<string>()
  let signedIn = false
  let ticketNumber = 0
  const failures = new Map<string, Answer>()
  const changes: string[] = []
  const typed: unknown[] = []
  const log = [...sampleEvents]
  const streams = new Set<ServerResponse>()
  const sockets = new Set<WebSocket>()
  let mayStart = Promise.resolve()

  function emit(body: EventBody): void {
    const number = log.length + 1
    const event = makeEvent(number, body, { at: new Date().toISOString() })
    log.push(event)
    for (const stream of streams)
      stream.write(`id: e.${number}\nevent: ${body.kind}\ndata: ${JSON.stringify(event)}\n\n`)
  }

  function historyOf(session: string, query: URLSearchParams): Answer {
    const before = Number(query.get('cursor') ?? Infinity)
    const about = log.filter((event) => isAbout(session, event) && event.number < before)
    const items = about.slice(-Number(query.get('limit')))
    return ok({ items, cursor: items.length < about.length ? String(items[0]?.number) : null })
  }

  function setBead(bead: BeadSummary): BeadDetail {
    const next = { ...bead, revision: bead.revision + 1 }
    beads.set(next.id, next)
    emit({ kind: 'bead.changed', bead: next })
    return detailOf(next)
  }

  function setSession(session: SessionView): void {
    sessions.set(session.id, session)
    emit({ kind: 'session.changed', session })
  }

  function need(id: string): BeadSummary {
    const bead = beads.get(id)
    if (bead === undefined) throw new Error(`no bead ${id}`)
    return bead
  }

  function needSession(id: string): SessionView {
    const session = sessions.get(id)
    if (session === undefined) throw new Error(`no session ${id}`)
    return session
  }

  function needEscalation(id: string): EscalationView {
    const escalation = escalations.get(id)
    if (escalation === undefined) throw new Error(`no escalation ${id}`)
    return escalation
  }

  /** The console starts one bead at a time: what is refused answers with its problem. */
  function dispatch(item: { bead: string; force?: boolean }): Answer {
    const bead = need(item.bead)
    if (bead.blockedBy.length > 0 && item.force !== true) {
      const detail = `Bead ${bead.id} is blocked by ${bead.blockedBy.join(', ')}.`
      const mend = 'Finish the blockers first, or start it anyway.'
      return { status: 409, body: { code: 'bead_blocked', detail, mend } }
    }
    const session = `n${sessions.size}`
    void mayStart.then(() => {
      setSession(makeSession(session, bead.id, bead.title, { status: 'initializing', note: 'starting the agent' }))
      setBead({ ...need(bead.id), status: 'in_progress', state: 'started', assignee: `gemba/${session}` })
    })
    return ok({ results: [{ bead: bead.id, admitted: true, session }] })
  }

  function answerEscalation(view: EscalationView, value: string, text: string): EscalationView {
    const decided: EscalationView = {
      ...view,
      state: 'decided',
      decision: { value, text, by: 'mira', via: 'console', at: new Date().toISOString() },
    }
    escalations.set(view.id, decided)
    emit({ kind: 'escalation.changed', escalation: decided })
    return decided
  }

  function read({ path, query }: Call): Answer | null {
    const [noun, id, verb] = path
    if (noun === 'sessions' && id !== undefined && verb === 'events') return historyOf(id, query)
    if (noun === 'beads' && id !== undefined) {
      const bead = beads.get(id)
      return bead === undefined
        ? {
            status: 404,
            body: {
              code: 'bead_not_found',
              detail: `There is no bead ${id}.`,
              mend: 'Check the id; it may have been deleted by someone else.',
            },
          }
        : { status: 200, body: detailOf(bead) }
    }
    const lists: Readonly<Record<string, unknown>> = {
      capabilities: capabilities(),
      beads: { items: [...beads.values()], cursor: null, event: `e.${log.length}` },
      sessions: { items: [...sessions.values()] },
      escalations: { items: [...escalations.values()] },
      hosts: { items: [...hosts.values()] },
      parked: { items: [...parked.values()] },
    }
    const body = noun === undefined ? undefined : lists[noun]
    return body === undefined ? null : { status: 200, body }
  }

  function change({ method, path, body, headers }: Call): Answer | null {
    const [noun, id = '', verb] = path
    if (noun === 'dispatch') {
      const [item] = body['items'] as { bead: string; force?: boolean }[]
      return item === undefined ? null : dispatch(item)
    }
    if (noun === 'escalations') {
      const view = escalations.get(id)
      return view === undefined ? null : ok(answerEscalation(view, String(body['value']), String(body['text'] ?? '')))
    }
    if (noun === 'sessions' && verb === 'end') {
      const session = sessions.get(id)
      if (session === undefined) return null
      setSession({ ...session, status: 'failed', closeReason: 'user_stop', endedAt: new Date().toISOString() })
      setBead({ ...need(session.bead), status: 'open', state: 'unstarted', assignee: null })
      return ok({})
    }
    if (noun === 'sessions') return ok({})
    if (noun !== 'beads') return null
    if (id === '')
      return ok(
        setBead(
          makeBead(`lan-${100 + beads.size}`, String(body['title']), { type: String(body['type']), revision: 0 }),
        ),
      )
    if (verb === 'close')
      return ok(setBead({ ...need(id), status: 'closed', state: 'completed', closedAt: new Date().toISOString() }))
    if (verb === 'unpark') {
      parked.delete(id)
      emit({ kind: 'bead.unparked', bead: id })
      return ok({})
    }
    if (method !== 'PATCH') return ok(detailOf(need(id)))
    const match = headers['if-match']
    if (match !== undefined && match !== `"${detailOf(need(id)).etag}"`) {
      const detail = `Bead ${id} was changed meanwhile.`
      return {
        status: 412,
        body: { code: 'bead_changed', detail, mend: 'Read it again, compare, and repeat the change.' },
      }
    }
    return ok(setBead(patched(need(id), body as BeadPatch)))
  }

  async function api(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const path = url.pathname.slice('/api/v1/'.length).split('/').map(decodeURIComponent)
    const method = request.method ?? 'GET'
    const body = await bodyOf(request)
    if (path[0] === 'login') {
      if (body['token'] !== token) return send(response, refused)
      signedIn = true
      response.setHeader('set-cookie', `gemba=cookie; HttpOnly; SameSite=Strict; Path=/`)
      return send(response, ok({ secret }))
    }
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
    if (method === 'GET') return send(response, read(call))
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
    const failure = failures.get(name)
    failures.delete(name)
    send(response, failure ?? change(call))
  }

  function isSignedIn(request: IncomingMessage): boolean {
    return signedIn && request.headers.cookie?.includes('gemba=cookie') === true
  }

  /** Once for each ticket. */
  function mayOpen(request: IncomingMessage): boolean {
    return isSignedIn(request) && tickets.delete(request.url ?? '')
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
    if (url.pathname.startsWith('/api/v1/')) void api(request, response, url)
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
    bead: need,
    session: needSession,
    escalation: needEscalation,
    put(list) {
      for (const bead of list) beads.set(bead.id, bead)
    },
    empty() {
      for (const known of [beads, sessions, escalations, hosts, parked]) known.clear()
      log.length = 0
    },
    emit,
    draw(bytes) {
      for (const socket of sockets) socket.send(Buffer.from(bytes))
    },
    holdStarts() {
      const held = Promise.withResolvers<void>()
      mayStart = held.promise
      return held.resolve
    },
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

const refused: Answer = {
  status: 401,
  body: {
    code: 'not_signed_in',
    detail: 'This browser or program has not shown the local token.',
    mend: 'Open the URL that `gemba serve` printed, or send the token as a bearer token.',
  },
}

function ok(body: unknown): Answer {
  return { status: 200, body }
}

function send(response: ServerResponse, answer: Answer | null): void {
  const { status, body } = answer ?? { status: 404, body: { code: 'not_found', detail: 'There is nothing.', mend: '' } }
  response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' })
  response.end(JSON.stringify(body))
}

function serveFile(folder: string, path: string, response: ServerResponse): void {
  const wanted = join(folder, normalize(path))
  const file = existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(folder, 'index.html')
  response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
  createReadStream(file).pipe(response)
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>)
}

function detailOf(bead: BeadSummary): BeadDetail {
  return {
    ...bead,
    description:
      'Visitors with a screen reader hear the days in the wrong order.\n\nSee https://example.org/calendar for what they hear now.\n<b>Not markup.</b>',
    design: '',
    acceptance: '- every day is announced with its weekday\n- arrow keys move by day and week',
    notes: '',
    owner: '',
    createdBy: 'mira',
    closeReason: bead.state === 'completed' ? 'Done' : '',
    externalRef: null,
    estimatedMinutes: null,
    dueAt: null,
    startedAt: null,
    metadata: {},
    dependencies: bead.blockedBy.map((to) => ({ from: bead.id, to, kind: 'blocks' })),
    dependents: bead.blocks.map((from) => ({ from, to: bead.id, kind: 'blocks' })),
    comments: [
      { id: 'c1', author: 'jon', text: 'The old calendar is in the branch “fair”.', createdAt: bead.updatedAt },
    ],
    etag: `${bead.id}-${bead.revision}`,
  }
}

function capabilities(): unknown {
  const project = {
    id: 'lantern',
    name: 'Lantern gallery',
    prefix: 'lan',
    repositories: [{ id: 'lantern' }],
    agents: [{ name: 'scripted' }, { name: 'claude' }],
    defaultAgent: 'scripted',
    maxSessions: 6,
  }
  return {
    mode: 'local',
    version: '0.1.0',
    person: 'mira',
    project,
    workPlane: { healthy: true, why: '' },
    orchestration: {},
    disk: { status: 'ok', folder: '', freeBytes: 9e9, leastBytes: 5e8, left: '9.0 GB', wanted: '500 MB' },
    lanes: [],
    links: { temporalUi: '/temporal/' },
  }
}

const terminalLines = [
  '─'.repeat(paneSize.columns),
  '\x1b[2m  12 tests, 11 pass\x1b[0m',
  '\x1b[32m✓\x1b[0m announces the weekday',
  '\x1b[32m✓\x1b[0m moves by week with the arrow keys',
  '\x1b[31m✗\x1b[0m begins the week where the reader expects it',
  '',
  '\x1b[1;36m●\x1b[0m The design and the old site disagree about the first day of the week.',
  '\x1b[1;36m●\x1b[0m Asking before I go on.',
  '\x1b[2m> gemba-bridge ask --kind question "Should weeks begin on Monday?"\x1b[0m',
].join('\r\n')
