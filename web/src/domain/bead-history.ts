import type { BeadEvent } from '../../../model/bead.ts'
import { isEnded, type SessionView } from '../../../model/session.ts'
import { closeReasonText } from './words.ts'

/** One line of what was done to a bead. */
export interface HistoryLine {
  readonly id: string
  readonly at: string
  readonly who: string
  readonly did: string
  readonly changes: readonly { readonly name: string; readonly before: string | null; readonly after: string }[]
  /** The session that it tells of. */
  readonly session: string | null
}

const names: Readonly<Record<string, string>> = {
  acceptance_criteria: 'acceptance',
  issue_type: 'type',
  external_ref: 'external reference',
  estimated_minutes: 'estimate',
  due_at: 'due',
  defer_until: 'deferred until',
}
/** Columns that programs keep for themselves. */
const silent: readonly string[] = ['updated_at', 'content_hash', 'closed_at', 'started_at', 'row_lock']
const verbs: Readonly<Record<string, string>> = {
  created: 'created it',
  updated: 'changed it',
  status_changed: 'moved it',
  claimed: 'took it to work on',
  closed: 'closed it',
  reopened: 'opened it again',
  commented: 'remarked',
}

/** What the database remembers and the sessions that worked on it, newest first. */
export function historyLines(events: readonly BeadEvent[], sessions: readonly SessionView[]): HistoryLine[] {
  const lines = [...events.map(eventLine), ...sessions.flatMap(sessionLines)]
  return lines
    .map((line, place) => ({ line, place }))
    .toSorted((a, b) => second(b.line.at) - second(a.line.at) || a.place - b.place)
    .map(({ line }) => line)
}

function eventLine({ id, at, actor, kind, changes, text }: BeadEvent): HistoryLine {
  const shown = changes.filter(({ field }) => !silent.includes(field))
  return {
    id,
    at,
    who: actor === '' ? 'somebody' : actor,
    did: didOf(kind, text),
    changes: shown.map(({ field, before, after }) => ({ name: names[field] ?? field, before, after })),
    session: null,
  }
}

function didOf(kind: string, text: string): string {
  const label = /^(?:Added|Removed) label: (.+)$/s.exec(text)?.[1]
  if (kind === 'label_added') return `added the label ${label ?? text}`
  if (kind === 'label_removed') return `removed the label ${label ?? text}`
  const verb = verbs[kind] ?? kind.replaceAll('_', ' ')
  return text === '' || text === 'Closed' ? verb : `${verb}: ${text}`
}

function sessionLines(session: SessionView): HistoryLine[] {
  const { id, agent, startedAt, startedBy, endedAt, status, closeReason, integratedAs } = session
  const common = { changes: [], session: id }
  const began = { ...common, id: `${id}-began`, at: startedAt, who: startedBy.name, did: `had ${agent} start on it` }
  if (endedAt === null || !isEnded(status)) return [began]
  const came = integratedAs === null ? '' : `, integrated as ${integratedAs}`
  return [
    { ...common, id: `${id}-ended`, at: endedAt, who: agent, did: `ended: ${closeReasonText(closeReason)}${came}` },
    began,
  ]
}

function second(iso: string): number {
  return Math.floor(Date.parse(iso) / 1_000)
}
