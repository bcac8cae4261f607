import type { TSchema } from 'typebox'
import { problem } from '../model/schema/problem.ts'

/** The documented answers of a route: one of success, and problems. */
export function answers(status: number, schema: TSchema | null, description: string): Record<string, unknown> {
  return {
    [status]: schema === null ? { type: 'null', description } : { description, content: content(schema) },
    default: {
      description: 'A problem with its code and what to do.',
      content: content(problem, 'application/problem+json'),
    },
  }
}

function content(schema: TSchema, type = 'application/json'): Record<string, { schema: TSchema }> {
  return { [type]: { schema } }
}

/** An answer of a media type that is not JSON as a whole. */
export function streamAnswers(schema: TSchema, description: string): Record<string, unknown> {
  return { ...answers(200, null, description), 200: { description, content: content(schema, 'text/event-stream') } }
}
