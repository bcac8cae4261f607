import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from '../model/actor.ts'
import { GembaError } from '../model/error.ts'
import type { Store } from '../store/store.ts'
import { canonicalPath } from './canonical.ts'
import { RefusedTokens } from './refused-tokens.ts'
import { digestOfSecret, hasDigest } from './secrets.ts'
import { idleMs, SignIns } from './sign-ins.ts'
import { Tickets } from './tickets.ts'
import { WrongTries } from './wrong-tries.ts'

/** The header with the secret of a browser: it is sent to its own port only, unlike the cookie. */
export const secretHeader = 'x-gemba-browser'

interface SignInDeps {
  readonly auth: ApiAuth
  readonly person: string
  readonly origins: readonly string[]
  readonly store: Store
}

/** How callers show who they are. Hosts always show `hostToken`. `none` is for a server that only its own machine reaches. */
export type ApiAuth =
  | { readonly mode: 'token'; readonly token: string; readonly hostToken: string }
  | { readonly mode: 'none'; readonly hostToken: string }

/** Who makes a request; nonces are bound to `subject`. */
export interface Caller {
  readonly actor: Actor
  readonly subject: string
  /** The browser's sign-in; null for programs, and where nobody has to sign in. */
  readonly signIn: string | null
}

/**
 * What a browser adds to its cookie. Cookies know no ports, so any local web server is sent this one; the secret and the
 * tickets are for our own pages alone. A page or a file of it, which tells nothing, needs no more than the cookie.
 */
export type Proof = 'secret' | 'ticket' | 'cookie'

/**
 * The local token: shown as a bearer token by programs, or once to `POST /api/v1/login` by a browser, which then has a
 * cookie and a secret of its own.
 */
export class SignIn {
  readonly #auth: ApiAuth
  readonly #person: string
  /** Hosts that are reached by HTTPS. */
  readonly #encrypted: ReadonlySet<string>
  /** Null where nobody has to sign in. */
  readonly #signIns: SignIns | null
  readonly #tickets = new Tickets()
  readonly #wrong = new WrongTries()
  readonly #refused: RefusedTokens

  private constructor({ auth, person, origins, store }: SignInDeps, signIns: SignIns | null) {
    this.#auth = auth
    this.#person = person
    this.#encrypted = new Set(
      origins.filter((origin) => origin.startsWith('https:')).map((origin) => new URL(origin).host),
    )
    this.#signIns = signIns
    this.#refused = new RefusedTokens(store)
  }

  static async open(deps: SignInDeps): Promise<SignIn> {
    const { auth, store } = deps
    return new SignIn(deps, auth.mode === 'token' ? await SignIns.open(store, auth.token) : null)
  }

  /** Throws `not_signed_in`, or `too_many_tries` after several wrong tokens. */
  identify(request: FastifyRequest, reply: FastifyReply, proof: Proof): Caller {
    const bearer = bearerOf(request)
    if (this.#auth.mode === 'none') return this.#caller(bearer === undefined && isBrowser(request) ? 'console' : 'api')
    if (bearer !== undefined) {
      if (same(bearer, this.#auth.token)) return this.#caller('api')
      throw this.#refusal(request, reply)
    }
    const cookie = request.cookies[cookieName(request)] ?? ''
    const signIn = this.#signIns?.find(cookie)
    if (signIn === undefined) throw new GembaError('not_signed_in')
    const shown = proof === 'cookie' ? true : this.#shows(request, signIn.id, signIn.secretDigest, proof)
    if (shown === undefined) throw new GembaError('not_signed_in')
    if (!shown) throw this.#refusal(request, reply)
    if (this.#signIns?.use(signIn) === true) this.#setCookie(request, reply, cookie)
    return this.#caller('console', signIn.id)
  }

  /** A host's own door: throws `not_signed_in` without the host token. */
  checkHost(request: FastifyRequest, reply: FastifyReply): void {
    const bearer = bearerOf(request)
    if (bearer === undefined) throw new GembaError('not_signed_in')
    if (!same(bearer, this.#auth.hostToken)) throw this.#refusal(request, reply)
  }

  /** Signs the browser in when `token` is right; its earlier sign-in ends. Throws as `identify` does. */
  async login(token: string, request: FastifyRequest, reply: FastifyReply): Promise<Caller & { secret: string }> {
    if (this.#auth.mode === 'none' || this.#signIns === null) return { ...this.#caller('console'), secret: '' }
    if (!same(token, this.#auth.token)) throw this.#refusal(request, reply)
    const before = this.#signIns.find(request.cookies[cookieName(request)] ?? '')
    const { id, cookie, secret } = await this.#signIns.add()
    if (before !== undefined) await this.#signIns.end(before.id)
    this.#setCookie(request, reply, cookie)
    return { ...this.#caller('console', id), secret }
  }

  /** Ends the browser's sign-in and all that was opened with it. `store_unavailable`. */
  async logout(caller: Caller, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (caller.signIn === null) return
    await this.#signIns?.end(caller.signIn)
    reply.clearCookie(cookieName(request), { path: '/' })
  }

  /** A ticket for one stream or socket, for this browser. */
  ticket({ signIn }: Caller, path: string): { ticket: string; expiresAt: string } {
    return this.#tickets.issue(signIn, canonicalPath(path))
  }

  /** `close` is called when the caller's sign-in ends. Returns the release. */
  onEnd({ signIn }: Caller, close: () => void): () => void {
    return (signIn === null ? undefined : this.#signIns?.onEnd(signIn, close)) ?? (() => undefined)
  }

  close(): void {
    this.#signIns?.close()
  }

  /** Undefined when nothing is shown at all. */
  #shows(request: FastifyRequest, id: string, secretDigest: string, proof: Proof): boolean | undefined {
    const secret = request.headers[secretHeader]
    if (typeof secret === 'string') return hasDigest(secret, secretDigest)
    const { ticket } = request.query as { ticket?: unknown }
    if (proof !== 'ticket' || typeof ticket !== 'string') return undefined
    return this.#tickets.take(ticket, id, canonicalPath(request.url))
  }

  #refusal(request: FastifyRequest, reply: FastifyReply): GembaError {
    const seconds = this.#wrong.note(request.ip)
    const refusal =
      seconds === 0 ? new GembaError('not_signed_in') : new GembaError('too_many_tries', { seconds: String(seconds) })
    if (seconds > 0) reply.header('retry-after', seconds)
    if (this.#wrong.isWorthRecord(request.ip)) this.#refused.record(request, refusal)
    return refusal
  }

  #setCookie(request: FastifyRequest, reply: FastifyReply, cookie: string): void {
    reply.setCookie(cookieName(request), cookie, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: this.#encrypted.has(request.headers.host ?? ''),
      maxAge: idleMs / 1_000,
    })
  }

  #caller(via: 'console' | 'api', signIn: string | null = null): Caller {
    return { actor: { name: this.#person, via }, subject: `${via}:${this.#person}`, signIn }
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

/** In constant time, whatever the lengths. */
function same(a: string, b: string): boolean {
  return hasDigest(a, digestOfSecret(b))
}
