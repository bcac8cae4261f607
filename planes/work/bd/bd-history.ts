import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { BeadEvent, BeadHistory } from '../../../model/bead.ts'
import { isJsonObject, parseJsonObject, type JsonObject } from '../../../model/json.ts'
import { shown } from '../history.ts'
import { objectsIn } from './bd-output.ts'
import { showBead, type BdSource } from './bd-source.ts'

/** Commits that are looked through; bd tells one entry for each since the bead was made, whether it changed or not. */
const mostCommits = 1_000
/** Bytes of the record of interactions that are read, from its end. */
const mostBytes = 4 * 1024 * 1024
/** Milliseconds between what bd noted and its commit. */
const nearMs = 10_000

/** What follows from other fields, or tells nothing to people. */
const silent: readonly string[] = [
  ...['id', 'updated_at', 'created_at', 'created_by', 'closed_at', 'started_at', 'close_reason', 'closed_by_session'],
  ...['content_hash', 'labels', 'dependencies', 'comments'],
]

interface Version {
  readonly commit: string
  readonly at: string
  readonly issue: JsonObject
}

/** Somebody changed one field through the bd of this folder. */
interface Interaction {
  readonly at: number
  readonly actor: string
  readonly field: string
  readonly after: string
}

/**
 * The versions of a bead that `bd history` tells, as far as they differ, newest first; `bead_not_found`. Labels, edges and
 * comments are no part of it. Who changed it is known of the creation, and of status, assignee and priority where that
 * was done through the bd of this folder.
 */
export async function readBdHistory(source: BdSource, id: string, limit: number): Promise<BeadHistory> {
  if (source.sightings.mirror.get(id) === undefined) await showBead(source, id)
  const [told, interactions] = await Promise.all([
    source.bd.run(['history', '--json', `--limit=${mostCommits}`], [id]),
    interactionsOf(source.folder.beads, id),
  ])
  const entries = objectsIn(told)
  const versions = entries.flatMap((entry) => versionIn(entry, id)).reverse()
  const whole = entries.length < mostCommits
  const events = versions.flatMap((version, at) => eventOf(versions[at - 1], version, { whole, interactions }))
  return { items: events.reverse().slice(0, limit), more: !whole || events.length > limit, recorded: true }
}

function versionIn({ CommitHash: commit, CommitDate: date, Issue: issue }: JsonObject, id: string): Version[] {
  const at = new Date(String(date))
  if (typeof commit !== 'string' || Number.isNaN(at.getTime())) return []
  // bd also finds ids by their parts.
  if (!isJsonObject(issue) || issue['id'] !== id) return []
  return [{ commit, at: at.toISOString(), issue }]
}

function eventOf(
  before: Version | undefined,
  { commit, at, issue }: Version,
  { whole, interactions }: { readonly whole: boolean; readonly interactions: readonly Interaction[] },
): BeadEvent[] {
  const text = (name: string): string => (typeof issue[name] === 'string' ? issue[name] : '')
  if (before === undefined) {
    if (!whole) return []
    return [
      { id: commit, at: text('created_at') || at, actor: text('created_by'), kind: 'created', changes: [], text: '' },
    ]
  }
  const changes = changesBetween(before.issue, issue)
  if (changes.length === 0) return []
  const kind = kindOf(before.issue, issue)
  const near = interactions.find((each) => {
    const isThis = changes.some(({ field, after }) => field === each.field && after === each.after)
    return isThis && Math.abs(Date.parse(at) - each.at) < nearMs
  })
  const shownChanges =
    kind === 'closed' || kind === 'reopened' ? changes.filter(({ field }) => field !== 'status') : changes
  const reason = kind === 'closed' ? shown(text('close_reason')) : ''
  return [{ id: commit, at, actor: near?.actor ?? '', kind, changes: shownChanges, text: reason }]
}

function kindOf({ status: was }: JsonObject, { status: is }: JsonObject): string {
  if (was === is) return 'updated'
  return is === 'closed' ? 'closed' : was === 'closed' ? 'reopened' : 'status_changed'
}

function changesBetween(before: JsonObject, after: JsonObject): BeadEvent['changes'] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !silent.includes(name))
  return fields
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .sort()
    .map((field) => ({ field, before: shown(before[field]), after: shown(after[field]) }))
}

/** What bd noted of the bead beside its database, as far as that is there. */
async function interactionsOf(beads: string, id: string): Promise<Interaction[]> {
  const text = await endOf(join(beads, 'interactions.jsonl')).catch(() => '')
  return text.split('\n').flatMap((line) => {
    const said = line.includes(id) ? parseJsonObject(line) : undefined
    const { kind, issue_id: bead, actor, created_at: date, extra } = said ?? {}
    const at = Date.parse(String(date))
    if (kind !== 'field_change' || bead !== id || typeof actor !== 'string' || !isJsonObject(extra)) return []
    const { field, new_value: after } = extra
    if (typeof field !== 'string' || Number.isNaN(at)) return []
    return [{ at, actor: actor.slice(0, 255), field, after: shown(after) }]
  })
}

async function endOf(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const length = Math.min(size, mostBytes)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length)
    return buffer.subarray(0, bytesRead).toString()
  } finally {
    await file.close()
  }
}
