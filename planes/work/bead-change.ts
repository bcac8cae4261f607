import type { Actor } from '../../model/actor.ts'
import type { BeadDetail } from '../../model/bead.ts'
import { GembaError } from '../../model/error.ts'
import type { Write } from '../../model/work-plane.ts'
import type { Database, Writing } from './database.ts'
import { beadOfEarlierTry, eventWriter, keyLine, wasCommitted, type EventWriter, type WriteSeed } from './event-rows.ts'
import { readBead, readEdgesAt, readIssue, readLabels } from './reads.ts'
import { nextRevision } from './revision.ts'
import { etagOf, type IssueRow } from './rows.ts'
import { readWords, requireWritable, type Shape } from './shape.ts'
import type { Words } from './configured-words.ts'
import { isoNow, sqlTime } from './time.ts'

/** What writers share. */
export interface Source {
  readonly database: Database
  readonly shape: Shape
  /** `Name <mail>` for Dolt's commits by the system itself. */
  readonly author: string
}

/** What one write has at hand inside its transaction. */
export interface Desk {
  readonly writing: Writing
  readonly shape: Shape
  readonly words: Words
  readonly events: EventWriter
  readonly actor: string
  /** This moment as a Dolt `datetime`. */
  readonly now: string
}

/** A desk with one bead on it. */
export interface BeadDesk extends Desk {
  readonly row: IssueRow
  readonly labels: readonly string[]
}

export interface BeadChange {
  readonly operation: string
  readonly id: string
  readonly write: Write
  readonly locks?: readonly string[]
  /** Writes that leave no event row are recognised by the commit's message. */
  readonly silent?: boolean
}

/**
 * One write to one bead: under its lock, once per key, only when `ifMatch` still holds. Answers with the bead as the
 * write leaves it, read before it is committed so that its revision is lower than that of any later look.
 */
export function changeBead(
  source: Source,
  change: BeadChange,
  body: (desk: BeadDesk) => Promise<void>,
): Promise<BeadDetail> {
  return answerChange(source, change, {
    body,
    answer: (writing, revision) => readBead(writing, source.shape, change.id, revision),
  })
}

/** Like `changeBead`, with an answer of the caller's choice; `repeated` says that an earlier try did the work. */
export async function answerChange<T, R>(
  source: Source,
  change: BeadChange,
  work: {
    readonly body: (desk: BeadDesk) => Promise<R>
    readonly answer: (writing: Writing, revision: number, result: R | 'repeated') => Promise<T>
  },
): Promise<T> {
  const seed: WriteSeed = { operation: change.operation, bead: change.id, key: change.write.key }
  const message = `gemba: ${change.operation} ${change.id}${change.silent === true ? keyLine(seed) : ''}`
  return source.database.change(
    {
      locks: [beadLock(change.id), ...(change.locks ?? [])],
      message: () => message,
      author: authorOf(change.write.actor, source.author),
    },
    async (writing) => {
      const revision = nextRevision()
      const desk = await deskOf(source, writing, seed, change.write.actor)
      const done = change.silent === true ? await wasCommitted(writing, seed) : await isRepeat(writing, seed)
      if (done) return work.answer(writing, revision, 'repeated')
      const row = await readIssue(writing, change.id)
      const labels = await readLabels(writing, change.id)
      await requireMatch(desk, row, labels, change.write.ifMatch)
      return work.answer(writing, revision, await work.body({ ...desk, row, labels }))
    },
  )
}

/** Everything for a write, once the database turned out writable. */
export async function deskOf(source: Source, writing: Writing, seed: WriteSeed, by: Actor): Promise<Desk> {
  const words = await readWords(writing, source.shape)
  requireWritable(source.shape, words)
  const actor = actorName(by)
  const now = sqlTime(isoNow())
  return { writing, shape: source.shape, words, events: eventWriter(writing, seed, actor, now), actor, now }
}

/** Templates are read-only for bd as well. */
export function requireNoTemplate(row: IssueRow): void {
  if (row.is_template === 1)
    throw new GembaError('bead_invalid', { why: `${row.id} is a template, which is read-only` })
}

export function beadLock(id: string): string {
  return `bead:${id}`
}

/** Held by whoever adds edges, so that two of them can not close a circle together. */
export const edgeLock = 'edges'

/** The name that event rows and beads carry. */
export function actorName(actor: Actor): string {
  return [...printable(actor.name)].slice(0, 255).join('') || 'unknown'
}

/** The person as Dolt's commit author; names can not carry a mail address of their own into it. */
export function authorOf(actor: Actor, system: string): string {
  if (actor.name === 'gemba') return system
  const name = actorName(actor).replace(/[<>]/g, '').trim().slice(0, 100) || 'unknown'
  const local =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '.')
      .replace(/^\.+|\.+$/g, '') || 'unknown'
  return `${name} <${local}@gemba.localhost>`
}

async function isRepeat(writing: Writing, seed: WriteSeed): Promise<boolean> {
  return (await beadOfEarlierTry(writing, seed)) !== undefined
}

/** Refuses with `bead_changed` when `ifMatch` names another state of the bead than the present one. */
export async function requireMatch(
  desk: Desk,
  row: IssueRow,
  labels: readonly string[],
  ifMatch: string | undefined,
): Promise<void> {
  if (ifMatch === undefined) return
  const edges = await readEdgesAt(desk.writing, desk.shape, row.id)
  const etag = etagOf(
    row,
    labels,
    edges.filter((edge) => edge.from === row.id),
  )
  if (etag !== ifMatch) throw new GembaError('bead_changed', { bead: row.id })
}

function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ').trim()
}
