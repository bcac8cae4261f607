import fastifyReplyFrom from '@fastify/reply-from'
import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GembaError } from '../model/error.ts'
import type { Store } from '../store/store.ts'
import { callerOf, isChanging } from './gate.ts'
import { answerProblem } from './problem.ts'

/** Where Temporal's own web pages are: behind our gate, or at an address that somebody else guards. */
export type TemporalUi = { readonly embedded: string } | { readonly elsewhere: string }

/** The path of the embedded pages; Temporal is started with it too. */
const root = '/temporal'
const startPageMs = 5_000
/** Their pages wait that long for news. */
const answerMs = 90_000

/** Gives the questions of their pages the secret of this browser; it comes with the console. */
const signInScript = '/temporal-sign-in.js'

/** What passes to Temporal, and back. Everything else stays here: cookies, tokens, who the browser is. */
const asked: readonly string[] = ['accept', 'accept-encoding', 'content-type', 'content-length', 'caller-type']
const answered: readonly string[] = ['content-type', 'content-length', 'content-encoding', 'content-disposition']

/** Their pages' own forgery check; ours has been passed by then, and no browser sees this cookie. */
const forgeryCheck = { cookie: '_csrf=gemba', 'x-csrf-token': 'gemba' }

export function linkOf(ui: TemporalUi | null): string | null {
  if (ui === null) return null
  return 'embedded' in ui ? `${root}/` : ui.elsewhere
}

/**
 * The web pages of the embedded Temporal server, for who has signed in: the pages, which are the same for everybody, by the
 * cookie, as no link can carry more; what they ask, like anything of our own API. Only that is passed on under the path that was
 * asked for; a page is always the one start page of Temporal, and an asset has a plain name.
 */
export async function temporalUi(
  app: FastifyInstance,
  { ui, origins, store }: { ui: TemporalUi | null; origins: readonly string[]; store: Store },
): Promise<void> {
  if (ui === null || !('embedded' in ui)) return
  await app.register(async (pages) => {
    await pages.register(fastifyReplyFrom, {
      base: ui.embedded,
      disableCache: true,
      disableRequestLogging: true,
      undici: { headersTimeout: answerMs, bodyTimeout: answerMs },
    })
    pages.removeAllContentTypeParsers()
    pages.addContentTypeParser('*', { parseAs: 'buffer' }, async (_: FastifyRequest, body: Buffer) => body)
    pages.setErrorHandler(leadToSignIn)
    pages.addHook('onResponse', async (request, reply) => audit(store, request, reply))

    const config = { access: 'page' } as const
    pages.get(root, { config }, async (_, reply) => reply.redirect(`${root}/`))
    const told = { access: 'person', unconfirmed: true } as const
    pages.all(`${root}/api/*`, { config: told }, async (request, reply) => pass(request, reply))
    pages.get(`${root}/*`, { config }, async (request, reply) => {
      const { '*': name } = request.params as { '*': string }
      if (isAsset(name)) return pass(request, reply, `${root}/${name}`)
      return startPage(request, reply, ui.embedded, origins)
    })
  })
}

function isAsset(name: string): boolean {
  return /^(?:(?:_app|css|codemirror|i18n)\/[\w@./-]+|[\w-]+\.[a-z]+)$/.test(name) && !name.includes('..')
}

/** Asks Temporal's pages, under `path` instead of the one that was asked for. */
function pass(request: FastifyRequest, reply: FastifyReply, path?: string): FastifyReply {
  const body = request.body as Buffer | undefined
  return reply.from(path, {
    ...(body === undefined ? {} : { body, contentType: request.headers['content-type'] ?? 'application/json' }),
    retryDelay: () => null,
    rewriteRequestHeaders: (_, headers) => ({ ...only(asked, headers), ...forgeryCheck }),
    rewriteHeaders: (headers) => only(answered, headers as IncomingHttpHeaders),
    onError: (failed, { error }) => {
      request.log.warn({ err: error }, "Temporal's pages did not answer")
      failed.send(away())
    },
  })
}

async function startPage(
  request: FastifyRequest,
  reply: FastifyReply,
  upstream: string,
  origins: readonly string[],
): Promise<FastifyReply> {
  const page = await fetch(`${upstream}${root}/`, { signal: AbortSignal.timeout(startPageMs) })
    .then((response) => response.text())
    .catch((cause: unknown) => {
      throw away(cause)
    })
  const origin = origins.find((one) => new URL(one).host === request.headers.host) ?? ''
  reply.header('content-security-policy', policyOf(page, origin)).header('cache-control', 'no-store')
  return reply.type('text/html').send(page.replace('<head>', `<head><script src="${signInScript}"></script>`))
}

/** Facts of security, 2.3: scripts are Temporal's files and the inline ones of the start page; they reach nothing of ours. */
function policyOf(page: string, origin: string): string {
  const inline = [...page.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/gi)]
  const hashes = inline.map(([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  const files = `${origin}${root}/_app/`
  return [
    "default-src 'none'",
    ['script-src', `${origin}${signInScript}`, files, ...hashes].join(' '),
    `worker-src ${files}`,
    `style-src ${files} 'unsafe-inline'`,
    `img-src ${origin}${root}/ data:`,
    `font-src ${files} data:`,
    `connect-src ${origin}${root}/`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
    '',
  ].join(';')
}

/** A person who opens a page without being signed in gets to the sign-in of the console. */
async function leadToSignIn(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const signedOut = error instanceof GembaError && error.code === 'not_signed_in'
  const page = request.method === 'GET' && (request.headers.accept?.includes('text/html') ?? false)
  return signedOut && page ? reply.redirect('/') : answerProblem(error, request, reply)
}

async function audit(store: Store, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (!isChanging(request) || request.caller === null) return
  const path = request.url.split('?', 1)[0] ?? ''
  const { subject } = callerOf(request)
  await store
    .audit({ subject, method: request.method, path, status: reply.statusCode, code: null, nonce: null })
    .catch((err: unknown) => request.log.error({ err }, "a change in Temporal's pages was not recorded"))
}

function only(names: readonly string[], headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)))
}

function away(cause?: unknown): GembaError {
  return new GembaError('temporal_unavailable', { why: 'its web pages do not answer' }, { cause })
}
