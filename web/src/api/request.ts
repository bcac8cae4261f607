import type { Middleware } from 'openapi-fetch'
import createClient from 'openapi-fetch'
import { readSecret } from './browser-secret.ts'
import { ProblemError, problemOf } from './problem.ts'
import type { paths } from './schema.generated.ts'

export const root = '/api/v1'

/** The header that a change must carry; its value is asked for when the request is sent. */
export const confirmed = { 'x-gemba-confirm': '' } as const

const unconfirmed: readonly string[] = [`${root}/tickets`, `${root}/login`, `${root}/logout`]
const secretHeader = 'x-gemba-browser'
const sourceHeader = 'x-gemba-source'

/** The Beads source whose beads are shown: what is changed is meant for it alone. */
let shownSource = ''

/** Empty: the source can not be exchanged. */
export function showSource(id: string): void {
  shownSource = id
}

/** The cookie alone would do for any other server of this machine. */
const showSecret: Middleware = {
  onRequest({ request }) {
    request.headers.set(secretHeader, readSecret())
    return request
  },
}

/** Every change gets a nonce of its own, bound to exactly this request. */
const confirmChanges: Middleware = {
  async onRequest({ request }) {
    const { pathname } = new URL(request.url)
    if (request.method === 'GET' || unconfirmed.includes(pathname)) return
    const text = await request.clone().text()
    const body: unknown = text === '' ? undefined : JSON.parse(text)
    const ifMatch = request.headers.get('if-match') ?? undefined
    const { method } = request
    if (shownSource !== '') request.headers.set(sourceHeader, shownSource)
    request.headers.set('x-gemba-confirm', await askNonce({ method, path: pathname, body, ifMatch }))
    return request
  },
}

/** What the server refused is thrown, in its own words. */
const throwProblems: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw new ProblemError(await problemOf(response))
  },
}

export const http = createClient<paths>({ baseUrl: '', fetch: sendTwice })
http.use(showSecret, confirmChanges, throwProblems)

/** A confirmed change whose answer was lost is sent once more: the same nonce takes effect once. */
async function sendTwice(request: Request): Promise<Response> {
  if (!request.headers.has('x-gemba-confirm')) return fetch(request)
  const again = request.clone()
  return fetch(request).catch(() => fetch(again))
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly body: unknown
  readonly ifMatch: string | undefined
}

async function askNonce(asked: Asked): Promise<string> {
  const response = await fetch(`${root}/nonces`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      [secretHeader]: readSecret(),
      ...(shownSource === '' ? {} : { [sourceHeader]: shownSource }),
    },
    body: JSON.stringify(asked),
  })
  if (!response.ok) throw new ProblemError(await problemOf(response))
  return ((await response.json()) as { nonce: string }).nonce
}

/** Sends a text of JSON lines as it is: it changes nothing, so it needs no nonce. */
export async function sendLines(path: string, text: Blob): Promise<Response> {
  const headers = { 'content-type': 'application/x-ndjson', [secretHeader]: readSecret() }
  const response = await fetch(`${root}${path}`, { method: 'POST', headers, body: text })
  if (!response.ok) throw new ProblemError(await problemOf(response))
  return response
}
