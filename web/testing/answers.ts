import { createReadStream, existsSync, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

/** What a request to the API is answered with. */
export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** To who has not signed in. */
export const refused: Answer = {
  status: 401,
  body: {
    code: 'not_signed_in',
    detail: 'This browser or program has not shown the local token.',
    mend: 'Open the URL that `gemba serve` printed, or send the token as a bearer token.',
  },
}

export function ok(body: unknown): Answer {
  return { status: 200, body }
}

/** `null` says that there is nothing. */
export function send(response: ServerResponse, answer: Answer | null): void {
  const { status, body } = answer ?? { status: 404, body: { code: 'not_found', detail: 'There is nothing.', mend: '' } }
  response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' })
  response.end(status === 204 ? undefined : JSON.stringify(body))
}

/** A file of the built console; its page for every other address. */
export function serveFile(folder: string, path: string, response: ServerResponse): void {
  const wanted = join(folder, normalize(path))
  const file = existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(folder, 'index.html')
  response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
  createReadStream(file).pipe(response)
}

/** The body as JSON; an empty one is an empty object. */
export async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const text = await textOf(request)
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}

export async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
