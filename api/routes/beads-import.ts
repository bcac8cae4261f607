import type { IncomingMessage } from 'node:http'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import { GembaError } from '../../model/error.ts'
import { importLinesPage, importLinesQuery, importParams, importStatus } from '../../model/schema/exchange.ts'
import { answers } from '../answers.ts'
import type { ApiDeps } from '../api-deps.ts'
import { BeadImports } from '../bead-imports.ts'
import { callerOf } from '../gate.ts'
import type { ApiParts } from '../parts.ts'

const tags = ['exchange']
const ndjson = 'application/x-ndjson'

/** Importing beads: a text is judged, its lines are looked at, and then it is carried out as it was judged. */
export const beadsImport: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps, confirm }) => {
  const imports = new BeadImports(deps)
  app.addHook('onClose', () => imports.close())
  // The text is counted while it comes in; it is far longer than any other body.
  app.addContentTypeParser(ndjson, (_request, payload, done) => done(null, payload))

  app.post(
    '/beads-import',
    {
      config: { unconfirmed: true },
      schema: {
        tags,
        summary: 'Judge beads that might be imported',
        description:
          `A text of JSON lines of at most 32 MiB, \`${ndjson}\`: as \`bd export\` or \`gemba beads export\` writes it. Says ` +
          'what would become of each line, and writes nothing: follow the answer until it is `planned`.',
        consumes: [ndjson],
        response: answers(202, importStatus, 'The import, being judged.'),
      },
    },
    async (request, reply) => {
      refuseReaders(deps)
      if (!isStream(request.body)) throw new GembaError('bad_request', { why: `the body is not ${ndjson}` })
      return reply.code(202).send(await imports.takeIn(callerOf(request).subject, request.body))
    },
  )

  app.get(
    '/beads-import/:import',
    {
      schema: {
        tags,
        summary: 'How far an import is',
        params: importParams,
        response: answers(200, importStatus, 'The import.'),
      },
    },
    async (request) => imports.status(callerOf(request).subject, request.params.import),
  )

  app.get(
    '/beads-import/:import/lines',
    {
      schema: {
        tags,
        summary: 'What becomes of each line',
        description:
          'In the order of the lines; once it was carried out, what became of them. Of an import that failed too: what ' +
          'was not written is `refused` as `broken_off`, and goes in when the same text is imported again.',
        params: importParams,
        querystring: importLinesQuery,
        response: answers(200, importLinesPage, 'A page of lines.'),
      },
      validatorCompiler: TypeBoxValidatorCompiler,
    },
    async (request) => {
      const { limit = 200, after = 0, ...filter } = request.query
      const all = imports.lines(callerOf(request).subject, request.params.import, filter)
      const end = after + limit
      return { items: all.slice(after, end), total: all.length, next: end < all.length ? end : null }
    },
  )

  app.post(
    '/beads-import/:import/apply',
    {
      schema: {
        tags,
        summary: 'Carry out an import as it was judged',
        description:
          'In steps, each whole or not at all. A line that the database no longer bears out is left alone, as `stale`.',
        params: importParams,
        response: answers(202, importStatus, 'The import, being carried out.'),
      },
    },
    async (request, reply) =>
      confirm(request, reply, async ({ actor }) => {
        refuseReaders(deps)
        const body = imports.carryOut(callerOf(request).subject, request.params.import, actor)
        return { status: 202, body }
      }),
  )
}

function refuseReaders(deps: ApiDeps): void {
  if (deps.mode.profile().readOnly)
    throw new GembaError('read_only', { why: 'Gemba was started with `--beads-read-only`' })
}

function isStream(body: unknown): body is IncomingMessage {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}
