import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GembaError } from '../model/error.ts'
import { isApiPath } from './api-path.ts'
import { bearerOf } from './sign-in.ts'
import type { Caller, Proof, SignIn } from './sign-in.ts'

/**
 * `person`: signed in. `stream`: the same, for what a browser opens without headers. `page`: tells nothing by itself, so
 * the cookie alone will do. `host`: an agent host. `open`: anybody.
 */
type Access = 'person' | 'stream' | 'page' | 'host' | 'open'

const proofs: Readonly<Record<Exclude<Access, 'host' | 'open'>, Proof>> = {
  person: 'secret',
  stream: 'ticket',
  page: 'cookie',
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call an address: under `/api/` a signed-in person unless it says otherwise, elsewhere anybody. */
    access?: Access
    /** A changing method that needs no nonce. */
    unconfirmed?: true
    /** It exchanges the Beads source, and waits for the changes that are at work on it. */
    choosesSource?: true
  }
  interface FastifyRequest {
    /** Set by the gate for addresses of persons. */
    caller: Caller | null
  }
}

const safeMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS']

/**
 * What every request passes before anything else is read of it, upgrades too (facts of security, 2.2 and 2.3): a page
 * on another site or behind another name reaches loopback as well, so Host, Origin and the token are always looked at.
 */
export function gate(app: FastifyInstance, options: { origins: readonly string[]; signIn: SignIn }): void {
  const origins = new Set(options.origins.map((origin) => new URL(origin).origin))
  const hosts = new Set(options.origins.map((origin) => new URL(origin).host))
  app.decorateRequest('caller', null)
  app.addHook('onRequest', async (request, reply) => {
    if (isGuarded(request)) reply.header('cache-control', 'no-store')
    refuseOtherHost(request, hosts)
    refuseOtherOrigin(request, origins)
    const access = accessOf(request)
    if (access === 'host') return admitHost(request, reply, options.signIn)
    if (access !== 'open') request.caller = options.signIn.identify(request, reply, proofs[access])
    if (isChanging(request)) requireProofOfOrigin(request)
    if (needsNonce(request) && request.headers['x-gemba-confirm'] === undefined) throw new GembaError('nonce_required')
  })
}

/** The caller of an address of persons. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw new GembaError('not_signed_in')
  return request.caller
}

function accessOf(request: FastifyRequest): Access {
  const route = request.routeOptions
  if (request.is404) return 'open'
  return route.config.access ?? (route.url?.startsWith('/api/') ? 'person' : 'open')
}

function refuseOtherHost(request: FastifyRequest, hosts: ReadonlySet<string>): void {
  const host = (request.headers.host ?? '').toLowerCase()
  if (!hosts.has(host)) throw new GembaError('host_refused', { host: host.slice(0, 200) || 'none' })
}

function refuseOtherOrigin(request: FastifyRequest, origins: ReadonlySet<string>): void {
  const { origin } = request.headers
  if (origin !== undefined && !origins.has(origin)) throw originRefused(origin)
  const site = request.headers['sec-fetch-site']
  if (isGuarded(request) && (site === 'cross-site' || site === 'same-site')) throw originRefused(site)
}

/** A browser says where a change comes from; a program shows its token instead, which no other site can make it do. */
function requireProofOfOrigin(request: FastifyRequest): void {
  const proven = request.headers.origin !== undefined || request.headers['sec-fetch-site'] === 'same-origin'
  if (!proven && bearerOf(request) === undefined) throw originRefused('no origin given')
}

/** Addresses that nobody but our own pages and programs have to do with. */
function isGuarded(request: FastifyRequest): boolean {
  return isApiPath(request.url) || accessOf(request) !== 'open'
}

/** Whether a request may change something: a WebSocket may. */
export function isChanging(request: FastifyRequest): boolean {
  return !safeMethods.includes(request.method) || request.headers.upgrade !== undefined
}

function needsNonce(request: FastifyRequest): boolean {
  return (
    !safeMethods.includes(request.method) && accessOf(request) === 'person' && !request.routeOptions.config.unconfirmed
  )
}

/** Hosts are programs: whatever a browser adds gives it away. */
function admitHost(request: FastifyRequest, reply: FastifyReply, signIn: SignIn): void {
  if (request.headers.origin !== undefined) throw originRefused(request.headers.origin)
  if (request.headers.cookie !== undefined) throw originRefused('a browser')
  signIn.checkHost(request, reply)
}

function originRefused(origin: string): GembaError {
  return new GembaError('origin_refused', { origin: origin.slice(0, 200) })
}
