import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { pino } from 'pino'
import type { ApiDeps } from '../api-deps.ts'
import { createApi } from '../create-api.ts'
import type { EventStreamLimits } from '../event-streams.ts'
import { fullMode } from '../full-mode.ts'
import { HostHub } from '../host-hub.ts'
import { defined } from './defined.ts'
import { FakeDisk } from './fake-disk.ts'
import { MemoryBoard } from './memory-board.ts'
import { MemoryCommands } from './memory-commands.ts'
import { MemoryExchange } from './memory-exchange.ts'
import { MemoryStore } from './memory-store.ts'
import { MemoryWorkPlane } from './memory-work-plane.ts'
import { project } from './samples.ts'

export const origin = 'http://127.0.0.1:7666'
export const token = 'a-local-token'
export const hostToken = 'a-host-token'

/** The headers of a browser that has signed in. */
export type TestBrowser = Readonly<Record<'cookie' | 'origin' | 'x-gemba-browser', string>>

export interface TestApi {
  readonly app: FastifyInstance
  readonly deps: ApiDeps
  readonly store: MemoryStore
  readonly work: MemoryWorkPlane
  readonly board: MemoryBoard
  readonly commands: MemoryCommands
  readonly hub: HostHub
  readonly disk: FakeDisk
  readonly exchange: MemoryExchange
  /** As a program with the token. */
  call(options: InjectOptions): Promise<LightMyRequestResponse>
  /** A browser that signs in; `cookie` is what it has already. */
  browser(cookie?: string): Promise<TestBrowser>
  /** The query with a ticket of this browser for an address below `/api/v1`. */
  ticket(browser: TestBrowser, path: string): Promise<string>
  /** The nonce for a change, as the same program. */
  nonce(method: string, path: string, body?: unknown, ifMatch?: string): Promise<string>
  /** A change with its nonce. */
  change(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<LightMyRequestResponse>
}
/** The API over stand-ins in memory. */
export async function testApi(
  overrides: Partial<ApiDeps> = {},
  limits: Partial<EventStreamLimits> = {},
): Promise<TestApi> {
  const store = new MemoryStore()
  const work = new MemoryWorkPlane()
  const board = new MemoryBoard(work)
  const commands = new MemoryCommands()
  const hub = new HostHub()
  const disk = new FakeDisk()
  const exchange = new MemoryExchange()
  const deps: ApiDeps = {
    project,
    version: '0.0.0',
    person: 'ada',
    work,
    board,
    store,
    commands,
    hub,
    disk,
    mode: fullMode({ work, board }, { during: (run) => run(), leave: async () => undefined, bdFound: () => true }),
    exchange,
    orchestration: null,
    auth: { mode: 'token', token, hostToken },
    origins: [origin],
    webFolder: null,
    temporalUi: null,
    health: () => ({ store: { ok: true, why: '' } }),
    logger: pino({ level: 'silent' }),
    ...overrides,
  }
  const app = await createApi(deps, limits)
  const parts = { app, deps, store, work, board, commands, hub, disk, exchange }
  return { ...parts, ...callsOf(app) }
}

function callsOf(app: FastifyInstance): Pick<TestApi, 'call' | 'browser' | 'ticket' | 'nonce' | 'change'> {
  const call: TestApi['call'] = ({ headers, ...options }) =>
    app.inject({ ...options, headers: { host: new URL(origin).host, authorization: `Bearer ${token}`, ...headers } })
  const post = (url: string, headers: Record<string, string>, payload: object) =>
    app.inject({ method: 'POST', url, headers: { host: new URL(origin).host, ...headers }, payload })
  const browser: TestApi['browser'] = async (had = '') => {
    const answer = await post('/api/v1/login', { origin, cookie: had }, { token })
    const cookie = String(answer.headers['set-cookie']).split(';', 1)[0] ?? ''
    return { cookie, origin, 'x-gemba-browser': answer.json<{ secret: string }>().secret }
  }
  const ticket: TestApi['ticket'] = async (from, path) => {
    const answer = await post('/api/v1/tickets', { ...from }, { path: `/api/v1${path}` })
    return `?ticket=${answer.json<{ ticket: string }>().ticket}`
  }
  const nonce: TestApi['nonce'] = async (method, path, body, ifMatch) => {
    const payload = defined({ method, path, body, ifMatch })
    return (await call({ method: 'POST', url: '/api/v1/nonces', payload })).json<{ nonce: string }>().nonce
  }
  const change: TestApi['change'] = async (method, path, body) => {
    const headers = { 'x-gemba-confirm': await nonce(method, path, body) }
    return call({ method, url: path, headers, ...(body === undefined ? {} : { payload: body as object }) })
  }
  return { call, browser, ticket, nonce, change }
}
