import type { BeadSummary, StateCategory } from './bead.ts'

/**
 * Every bead of a board in columns: row n of each column is of the same bead. Texts that come again are numbers into
 * `words`, which begins with the ids of the beads; -1 stands for none. Times are whole seconds since 1970, 0 for none.
 * Ten thousand beads take a fifth of what a list of objects takes on the wire.
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
  readonly blocks: readonly (readonly number[])[]
  /** 1 for beads that can be started. */
  readonly ready: readonly number[]
  readonly createdAt: readonly number[]
  readonly updatedAt: readonly number[]
  readonly modifiedAt: readonly number[]
  readonly closedAt: readonly number[]
  readonly deferUntil: readonly number[]
  /** 1 for beads with acceptance criteria. */
  readonly hasAcceptance: readonly number[]
  readonly commentCount: readonly number[]
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
  const time = (at: number): number[] => times.map((row) => row[at] ?? 0)
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
    blocks: column((bead) => bead.blocks.map(place)),
    ready: column((bead) => Number(bead.ready)),
    ...{ createdAt: time(0), updatedAt: time(1), modifiedAt: time(2), closedAt: time(3), deferUntil: time(4) },
    hasAcceptance: column((bead) => Number(bead.hasAcceptance)),
    commentCount: column((bead) => bead.commentCount),
    revision: column((bead) => bead.revision),
  }
}

export function beadsOf(table: BoardTable): BeadSummary[] {
  const word = (at: number | undefined): string => table.words[at ?? -1] ?? ''
  const wordOrNull = (at: number | undefined): string | null => table.words[at ?? -1] ?? null
  return table.title.map((title, at) => ({
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
    blocks: (table.blocks[at] ?? []).map(word),
    ready: table.ready[at] === 1,
    createdAt: instant(table.createdAt[at]) ?? '',
    updatedAt: instant(table.updatedAt[at]) ?? '',
    modifiedAt: instant(table.modifiedAt[at]) ?? '',
    closedAt: instant(table.closedAt[at]),
    deferUntil: instant(table.deferUntil[at]),
    hasAcceptance: table.hasAcceptance[at] === 1,
    commentCount: table.commentCount[at] ?? 0,
    revision: table.revision[at] ?? 0,
  }))
}

/** Kept with the bead: reading 50,000 times anew would cost more than all the rest. */
const seconds = new WeakMap<BeadSummary, readonly number[]>()

function secondsOf(bead: BeadSummary): readonly number[] {
  const known = seconds.get(bead)
  if (known !== undefined) return known
  const { createdAt, updatedAt, modifiedAt, closedAt, deferUntil } = bead
  const row = [createdAt, updatedAt, modifiedAt, closedAt, deferUntil].map((time) =>
    time === null ? 0 : Math.floor(Date.parse(time) / 1_000),
  )
  seconds.set(bead, row)
  return row
}

/** With whole seconds, as beads have it everywhere. */
function instant(seconds: number | undefined): string | null {
  return seconds === undefined || seconds === 0 ? null : `${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z`
}
