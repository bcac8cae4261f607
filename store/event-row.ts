import type { Insertable, Selectable } from 'kysely'
import type { Actor } from '../model/actor.ts'
import { GembaError } from '../model/error.ts'
import type { EventBody, GembaEvent, NewEvent } from '../model/event.ts'
import type { EventTable } from './database.ts'
import { jsonText, plainText } from './json-text.ts'

/** A numbered event as its row. Throws `bad_request` when `at` is no time. */
export function toEventRow(event: NewEvent, number: number): Insertable<EventTable> {
  return {
    number,
    source: event.source,
    source_revision: event.sourceRevision,
    at: isoTime(event.at),
    actor: jsonText(event.actor),
    kind: event.body.kind,
    ...columnsOf(event.body),
    body: jsonText(event.body),
  }
}

/** The table was written by `toEventRow` alone, so its JSON has the shapes that went in. */
export function fromEventRow(row: Selectable<EventTable>): GembaEvent {
  return {
    number: row.number,
    source: row.source,
    sourceRevision: row.source_revision,
    at: row.at.toISOString(),
    actor: row.actor as Actor,
    body: row.body as EventBody,
  }
}

function isoTime(at: string): string {
  const time = new Date(at)
  if (Number.isNaN(time.getTime())) throw new GembaError('bad_request', { why: 'an event needs a time in `at`' })
  return time.toISOString()
}

function columnsOf(body: EventBody): { bead: string | null; session: string | null } {
  const { bead, session } = subjectsOf(body)
  return { bead: bead && plainText(bead, 512), session: session && plainText(session, 512) }
}

/** The bead and the session that an event is about, for the indexes. */
function subjectsOf(body: EventBody): { bead: string | null; session: string | null } {
  switch (body.kind) {
    case 'bead.changed':
      return { bead: body.bead.id, session: null }
    case 'bead.deleted':
    case 'bead.parked':
    case 'bead.unparked':
      return { bead: body.bead, session: null }
    case 'bead.released':
    case 'session.refused':
      return { bead: body.bead, session: body.session }
    case 'session.changed':
      return { bead: body.session.bead, session: body.session.id }
    case 'escalation.changed':
      return { bead: body.escalation.bead, session: body.escalation.session }
    case 'manifest.appended':
      return { bead: body.entry.entity.type === 'source' ? null : body.entry.entity.id, session: null }
    case 'beads.reread':
    case 'host.changed':
    case 'work-plane.changed':
    case 'manifest.changed':
      return { bead: null, session: null }
  }
}
