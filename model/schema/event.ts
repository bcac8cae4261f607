import { Type } from 'typebox'
import type { TSchema } from 'typebox'
import { actor } from './actor.ts'
import { beadSummary } from './bead.ts'
import { escalationView } from './escalation.ts'
import { hostView } from './host.ts'
import { ticketField } from './login.ts'
import { manifestEntry } from './manifest.ts'
import { manifestState } from './mode.ts'
import { sessionView } from './session.ts'
import { instant, nullable, parameters, record } from './text.ts'

const text = Type.String()

function body<const K extends string, const T extends Record<string, TSchema>>(kind: K, properties: T) {
  return Type.Object({ kind: Type.Literal(kind), ...properties }, { additionalProperties: false })
}

export const eventBody = Type.Union(
  [
    body('bead.changed', { bead: beadSummary }),
    body('bead.deleted', { bead: text }),
    body('beads.reread', {}),
    body('bead.released', { bead: text, session: text, why: text }),
    body('bead.parked', { bead: text, why: text }),
    body('bead.unparked', { bead: text }),
    body('session.changed', { session: sessionView }),
    body('session.refused', { session: text, bead: text, code: text, message: text }),
    body('escalation.changed', { escalation: escalationView }),
    body('host.changed', { host: hostView }),
    body('work-plane.changed', {
      healthy: Type.Boolean(),
      why: text,
      code: Type.Optional(nullable(text)),
      mend: Type.Optional(text),
    }),
    body('manifest.appended', { entry: manifestEntry }),
    body('manifest.changed', { state: manifestState }),
  ],
  { title: 'EventBody' },
)

/** The `data` of one server-sent event. */
export const gembaEvent = record('GembaEvent', {
  number: Type.Integer({ description: 'Without a gap, in the order of commit.' }),
  source: text,
  sourceRevision: Type.Integer(),
  at: instant,
  actor,
  body: eventBody,
})

export const eventsQuery = parameters({
  after: Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'Follow on from this event id; the header `Last-Event-ID` goes first.',
    }),
  ),
  ...ticketField,
})

/** What happened to one session, oldest first; `cursor` leads to what was before. */
export const sessionHistory = record('SessionHistory', {
  items: Type.Array(gembaEvent),
  cursor: nullable(Type.String()),
})
