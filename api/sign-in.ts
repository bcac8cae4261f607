import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from '../model/actor.ts'
import { GembaError } from '../model/error.ts'

/** Seconds that a browser stays signed in. */
const lifetime = 30 * 24 * 3600

/** How callers show who they are. Hosts always show `hostToken`. `none` is for a server that only its own machine reaches. */
export type ApiAuth =
  | { readonly mode: 'token'; readonly token: string; readonly hostToken: string }
  | { readonly mode: 'none'; readonly hostToken: string }

/** Who makes a request; nonces are bound to `subject`. */
export interface Caller {
  readonly actor: Actor
  readonly subject: string
}

/**
 * The local token: shown as a bearer token, or once to `POST /api/v1/login` for a cookie. The cookie holds
 * `<issued>.<random>.<mac>`, keyed with the token: it outlives a restart, ends with another token and never tells it.
 */
export class SignIn {
  readonly #auth: ApiAuth
  readonly #person: string

  constructor(auth: ApiAuth, person: string) {
    this.#auth = auth
    this.#person = person
  }

  /** Throws `not_signed_in`. */
  identify(request: FastifyRequest): Caller {
    const bearer = bearerOf(request)
    if (this.#auth.mode === 'none') return this.#caller(bearer === undefined && isBrowser(request) ? 'console' : 'api')
    if (bearer !== undefined) {
      if (same(bearer, this.#auth.token)) return this.#caller('api')
      throw new GembaError('not_signed_in')
    }
    const cookie = request.cookies[cookieName(request)]
    if (cookie === undefined || !isSession(cookie, this.#auth.token)) throw new GembaError('not_signed_in')
    return this.#caller('console')
  }

  /** A host's own door: throws `not_signed_in` without the host token. */
  checkHost(request: FastifyRequest): void {
    const bearer = bearerOf(request)
    if (bearer === undefined || !same(bearer, this.#auth.hostToken)) throw new GembaError('not_signed_in')
  }

  /** Sets the cookie when `token` is right, else throws `not_signed_in`. */
  login(token: string, request: FastifyRequest, reply: FastifyReply): Caller {
    if (this.#auth.mode === 'none') return this.#caller('console')
    if (!same(token, this.#auth.token)) throw new GembaError('not_signed_in')
    reply.setCookie(cookieName(request), newSession(this.#auth.token), {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: request.headers.origin?.startsWith('https:') ?? false,
      maxAge: lifetime,
    })
    return this.#caller('console')
  }

  #caller(via: 'console' | 'api'): Caller {
    return { actor: { name: this.#person, via }, subject: `${via}:${this.#person}` }
  }
}

export function bearerOf(request: FastifyRequest): string | undefined {
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
}

function isBrowser(request: FastifyRequest): boolean {
  return request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined
}

/** Browsers share cookies between ports: two servers on one machine each have their own name. */
function cookieName(request: FastifyRequest): string {
  const port = /:(\d+)$/.exec(request.headers.host ?? '')?.[1] ?? 'default'
  return `gemba-session-${port}`
}

function newSession(token: string): string {
  const claim = `${Math.floor(Date.now() / 1000)}.${randomBytes(16).toString('base64url')}`
  return `${claim}.${macOf(claim, token)}`
}

function isSession(cookie: string, token: string): boolean {
  const parts = /^((\d{1,12})\.[\w-]{1,64})\.([\w-]{1,64})$/.exec(cookie)
  const [, claim, issued, mac] = parts ?? []
  if (claim === undefined || issued === undefined || mac === undefined) return false
  return same(mac, macOf(claim, token)) && Number(issued) + lifetime > Date.now() / 1000
}

function macOf(claim: string, token: string): string {
  return createHmac('sha256', token).update(`gemba console session ${claim}`).digest('base64url')
}

/** In constant time, whatever the lengths. */
function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
