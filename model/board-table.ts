import type { BeadSummary, StateCategory } from './bead.ts'

/**
 * Every bead of a board in columns: row n of each column is of the same bead. Texts that come again are numbers into
 * `words`, which begins with the ids of the beads; -1 stands for none. Times are whole seconds, each from another one that
 * is near; null for none. Ten thousand beads take a sixth of what a list of objects takes on the wire.
 */
export interface BoardTable {
  readonly words: readonly string[]
  readonly title: readonly string[]
  readonly status: readonly number[]
  readonly state: readonly number[]
  readonly priority: readonly number[]
  readonly type: readonly number[]
  readonly assignee: readonly number[]
  readonly labels: readonly (readonly number[])[]
  readonly parent: readonly number[]
  readonly blockedBy: readonly (readonly number[])[]
  /** Of the beads that hold back others than those which say so in `blockedBy` and are not done: their row, and words. */
  readonly blocks: readonly (readonly number[])[]
  /** 1 for beads that can be started. */
  readonly ready: readonly number[]
  /** From that of the row before, the first one from 1970. */
  readonly createdAt: readonly number[]
  /** From `createdAt`. */
  readonly updatedAt: readonly number[]
  /** From that of the row before, the first one from 1970; null where it is `updatedAt`. */
  readonly modifiedAt: readonly (number | null)[]
  /** From `updatedAt`. */
  readonly closedAt: readonly (number | null)[]
  /** From 1970. */
  readonly deferUntil: readonly (number | null)[]
  /** 1 for beads with acceptance criteria. */
  readonly hasAcceptance: readonly number[]
  readonly commentCount: readonly number[]
  /** From that of the row before. */
  readonly revision: readonly number[]
}

export function tableOf(beads: readonly BeadSummary[]): BoardTable {
  const words = beads.map((bead) => bead.id)
  const places = new Map(words.map((word, at) => [word, at]))
  const place = (word: string | null): number => {
    if (word === null) return -1
    const known = places.get(word)
    if (known !== undefined) return known
    places.set(word, words.length)
    return words.push(word) - 1
  }
  const column = <T>(of: (bead: BeadSummary) => T): T[] => beads.map(of)
  const times = beads.map(secondsOf)
  return {
    words,
    title: column((bead) => bead.title),
    status: column((bead) => place(bead.status)),
    state: column((bead) => place(bead.state)),
    priority: column((bead) => bead.priority),
    type: column((bead) => place(bead.type)),
    assignee: column((bead) => place(bead.assignee)),
    labels: column((bead) => bead.labels.map(place)),
    parent: column((bead) => place(bead.parent)),
    blockedBy: column((bead) => bead.blockedBy.map(place)),
    blocks: unexpectedBlocks(beads).map(([row, blocks]) => [row, ...blocks.map(place)]),
    ready: column((bead) => Number(bead.ready)),
    createdAt: steps(times.map(({ created }) => created)),
    updatedAt: times.map(({ created, updated }) => updated - created),
    modifiedAt: times.map(({ updated, modified }, at) =>
      modified === updated ? null : modified - (times[at - 1]?.modified ?? 0),
    ),
    closedAt: times.map(({ updated, closed }) => (closed === null ? null : closed - updated)),
    deferUntil: times.map(({ deferred }) => deferred),
    hasAcceptance: column((bead) => Number(bead.hasAcceptance)),
    commentCount: column((bead) => bead.commentCount),
    revision: steps(column((bead) => bead.revision)),
  }
}

export function beadsOf(table: BoardTable): BeadSummary[] {
  const word = (at: number | undefined): string => table.words[at ?? -1] ?? ''
  const wordOrNull = (at: number | undefined): string | null => table.words[at ?? -1] ?? null
  const created = sums(table.createdAt)
  const revisions = sums(table.revision)
  let modified = 0
  const rows = table.title.map((title, at) => {
    const updated = (created[at] ?? 0) + (table.updatedAt[at] ?? 0)
    const closed = table.closedAt[at] ?? null
    const later = table.modifiedAt[at] ?? null
    modified = later === null ? updated : modified + later
    return {
      id: word(at),
      title,
      status: word(table.status[at]),
      state: word(table.state[at]) as StateCategory,
      priority: table.priority[at] ?? 2,
      type: word(table.type[at]),
      assignee: wordOrNull(table.assignee[at]),
      labels: (table.labels[at] ?? []).map(word),
      parent: wordOrNull(table.parent[at]),
      blockedBy: (table.blockedBy[at] ?? []).map(word),
      blocks: [] as readonly string[],
      ready: table.ready[at] === 1,
      createdAt: instant(created[at] ?? 0),
      updatedAt: instant(updated),
      modifiedAt: instant(modified),
      closedAt: closed === null ? null : instant(updated + closed),
      deferUntil: instantOrNull(table.deferUntil[at] ?? null),
      hasAcceptance: table.hasAcceptance[at] === 1,
      commentCount: table.commentCount[at] ?? 0,
      revision: revisions[at] ?? 0,
    }
  })
  const blocks = expectedBlocks(rows)
  for (const [row = -1, ...words] of table.blocks) blocks[row] = words.map(word)
  rows.forEach((row, at) => (row.blocks = blocks[at] ?? []))
  return rows
}

/** Of each bead: those that are not done and say that it holds them back, by their ids. */
function expectedBlocks(beads: readonly Pick<BeadSummary, 'id' | 'state' | 'blockedBy'>[]): (readonly string[])[] {
  const rows = new Map(beads.map(({ id }, at) => [id, at]))
  const blocks: string[][] = beads.map(() => [])
  for (const { id, state, blockedBy } of beads)
    if (state !== 'completed') for (const other of blockedBy) blocks[rows.get(other) ?? -1]?.push(id)
  for (const ids of blocks) if (ids.length > 1) ids.sort()
  return blocks
}

function unexpectedBlocks(beads: readonly BeadSummary[]): (readonly [row: number, blocks: readonly string[]])[] {
  const expected = expectedBlocks(beads)
  return beads.flatMap(({ blocks }, row) => {
    const usual = expected[row] ?? []
    const isUsual = blocks.length === usual.length && blocks.every((id, at) => id === usual[at])
    return isUsual ? [] : [[row, blocks] as const]
  })
}

/** Each number from the one before. */
function steps(numbers: readonly number[]): number[] {
  return numbers.map((number, at) => number - (numbers[at - 1] ?? 0))
}

function sums(numbers: readonly number[]): number[] {
  let sum = 0
  return numbers.map((number) => (sum += number))
}

interface Seconds {
  readonly created: number
  readonly updated: number
  readonly modified: number
  readonly closed: number | null
  readonly deferred: number | null
}

/** Kept with the bead: reading 50,000 times anew would cost more than all the rest. */
const seconds = new WeakMap<BeadSummary, Seconds>()

function secondsOf(bead: BeadSummary): Seconds {
  const known = seconds.get(bead)
  if (known !== undefined) return known
  const read = (time: string): number => Math.floor(Date.parse(time) / 1_000) || 0
  const readOrNull = (time: string | null): number | null => (time === null ? null : read(time))
  const row = {
    created: read(bead.createdAt),
    updated: read(bead.updatedAt),
    modified: read(bead.modifiedAt),
    closed: readOrNull(bead.closedAt),
    deferred: readOrNull(bead.deferUntil),
  }
  seconds.set(bead, row)
  return row
}

const daySeconds = 86_400
const days = new Map<number, string>()
const keptDays = 10_000

/** With whole seconds, as beads have it everywhere. Many times are of the same days. */
function instant(seconds: number): string {
  const day = Math.floor(seconds / daySeconds)
  const rest = seconds - day * daySeconds
  const two = (number: number): string => (number < 10 ? `0${number}` : String(number))
  return `${dateOf(day)}T${two(Math.floor(rest / 3_600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}Z`
}

function dateOf(day: number): string {
  const known = days.get(day)
  if (known !== undefined) return known
  if (days.size >= keptDays) days.clear()
  const [date = ''] = new Date(day * daySeconds * 1_000).toISOString().split('T')
  days.set(day, date)
  return date
}

function instantOrNull(seconds: number | null): string | null {
  return seconds === null ? null : instant(seconds)
}
