import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { BeadsExchange, ExportFormat } from '../../model/exchange.ts'
import { exportQuery } from '../../model/schema/exchange.ts'
import { answers } from '../answers.ts'
import type { ApiParts } from '../parts.ts'

/** A reader that takes nothing for so long is dropped: the database keeps a connection for it. */
const readWithinMs = 60_000

/** All beads as JSON lines. */
export const beadsExport: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps }) => {
  app.get(
    '/beads-export',
    {
      config: { access: 'stream' },
      schema: {
        tags: ['exchange'],
        summary: 'Export all beads',
        description:
          'JSON lines of one moment, in the order of ids. Wisps, and settings that may be secret, stay where they are.',
        querystring: exportQuery,
        response: answers(200, null, 'A file of JSON lines, `application/x-ndjson`.'),
      },
    },
    async ({ query: { format = 'bd' } }, reply) => {
      const name = `beads-${new Date().toISOString().slice(0, 10)}.jsonl`
      const body = await exported(deps.exchange, format)
      return reply
        .type('application/x-ndjson')
        .header('content-disposition', `attachment; filename="${name}"`)
        .send(body)
    },
  )
}

/** Resolves with the first lines, so that a source that does not answer is a problem and not a torn file. */
async function exported(exchange: BeadsExchange, format: ExportFormat): Promise<PassThrough> {
  const out = new PassThrough()
  const begun = Promise.withResolvers<void>()
  const write = async (text: string): Promise<void> => {
    begun.resolve()
    if (out.destroyed) throw new Error('the reader is gone')
    if (!out.write(text)) await drained(out)
  }
  exchange.export(format, write).then(
    () => {
      begun.resolve()
      out.end()
    },
    (error: Error) => {
      begun.reject(error)
      out.destroy(error)
    },
  )
  // Whoever waits for the beginning hears of a failure there.
  out.on('error', () => undefined)
  await begun.promise
  return out
}

/** Resolves when the reader has taken what it was given, or is gone. */
async function drained(out: PassThrough): Promise<void> {
  const over = new AbortController()
  const { signal } = over
  const late = setTimeout(() => out.destroy(new Error('the reader takes nothing')), readWithinMs)
  await Promise.race(['drain', 'close'].map((event) => once(out, event, { signal }))).finally(() => {
    clearTimeout(late)
    over.abort()
  })
}
