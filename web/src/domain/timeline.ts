import type { EscalationView } from '../../../model/escalation.ts'
import type { SessionView } from '../../../model/session.ts'
import { answerText, closeReasonText } from './words.ts'

export interface TimelineEntry {
  readonly at: string
  readonly kind: 'started' | 'change' | 'asked' | 'decided' | 'ended'
  readonly text: string
}

/** A change of a session's status or note, as seen on the event stream. */
export interface SessionChange {
  readonly at: string
  readonly status: string
  readonly note: string
}

/** What happened in a session, oldest first: its start and end, what this page saw of it, and its questions. */
export function timelineOf(
  session: SessionView,
  changes: readonly SessionChange[],
  escalations: readonly EscalationView[],
): TimelineEntry[] {
  const entries: TimelineEntry[] = [
    { at: session.startedAt, kind: 'started', text: `Started by ${session.startedBy.name} (${session.startedBy.via})` },
    ...changes.map((change): TimelineEntry => ({
      at: change.at,
      kind: 'change',
      text: join(change.status, change.note),
    })),
  ]
  for (const escalation of escalations) {
    entries.push({ at: escalation.createdAt, kind: 'asked', text: `Asked: ${escalation.title}` })
    const { decision } = escalation
    if (decision !== null)
      entries.push({ at: decision.at, kind: 'decided', text: `${decision.by} answered: ${answerText(escalation)}` })
  }
  if (session.endedAt !== null)
    entries.push({ at: session.endedAt, kind: 'ended', text: join('Ended', closeReasonText(session.closeReason)) })
  return entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

function join(word: string, detail: string): string {
  return detail === '' ? word : `${word}: ${detail}`
}
