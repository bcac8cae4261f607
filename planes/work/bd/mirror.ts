import { createHash, randomUUID } from 'node:crypto'
import type { BeadSummary, Edge } from '../../../model/bead.ts'
import { affectedBy, schedulingKinds, standings, type ReadyEdge, type Standing } from '../../../model/ready.ts'
import type { WorkChange } from '../../../model/work-plane.ts'
import { nextRevision } from '../revision.ts'
import { isListed, readyBead, summaryOf, type Around, type IssueRow } from '../rows.ts'
import { isoNow, sqlTime } from '../time.ts'
import type { BdBead, BdEdge, ShownBead } from './bd-bead.ts'

/** Changes that are remembered, so that a cursor can be asked about them. */
const remembered = 200
/** More changed beads than this are cheaper to read as a whole. */
const mostBeads = 2_000
const nothing: Standing = { blockedBy: [], blocks: [], ready: false }

/** All beads of a folder in memory, as bd last told them. */
export interface Mirror {
  /** Takes in a whole reading that began at that revision; what was seen later stays. */
  replace(beads: readonly DigestedBead[], revision: number): void
  /** Takes in one bead as it was shown, with the rows around it, and what we know of edges that `bd show` leaves out. */
  show(bead: ShownBead, revision: number, outside?: OutsideEdges): void
  remove(id: string, revision: number): void
  get(id: string): BdBead | undefined
  all(): readonly BdBead[]
  /** How a bead stands among the others. */
  standing(id: string): Standing
  summaries(ids?: readonly string[]): BeadSummary[]
  /** Of each of them that is there, of all that is known of it and of the edges of others to it. */
  digests(ids: readonly string[]): ReadonlyMap<string, string>
  readyIds(): ReadonlySet<string>
  /** The edges of others to this bead. */
  into(id: string): readonly Edge[]
  edges(): readonly Edge[]
  cursor(): string
  changes(cursor: string): WorkChange | null
}

/** What a write did to edges whose target is not in the database. */
export interface OutsideEdges {
  readonly added?: readonly BdEdge[]
  /** Its target. */
  readonly removed?: string
}

export interface DigestedBead {
  readonly bead: BdBead
  /** Of all that is known of the bead. */
  readonly digest: string
}

interface Kept extends DigestedBead {
  readonly revision: number
}

/** What follows from all beads together, until one of them changes or a deferral ends. */
interface Derived {
  readonly edges: readonly ReadyEdge[]
  readonly standings: ReadonlyMap<string, Standing>
  readonly into: ReadonlyMap<string, readonly Edge[]>
  readonly until: string
}

export function createMirror(): Mirror {
  const kept = new Map<string, Kept>()
  const removed = new Map<string, number>()
  const log = createLog()
  let derived: Derived | undefined
  let revision = nextRevision()

  const put = (bead: BdBead, at: number): void => putDigested(digested(bead), at)
  const putDigested = ({ bead, digest }: DigestedBead, at: number): void => {
    const { id } = bead.row
    const before = kept.get(id)
    if ((before?.revision ?? removed.get(id) ?? 0) > at) return
    removed.delete(id)
    kept.set(id, { bead, digest, revision: at })
    if (before?.digest === digest) return
    derived = undefined
    revision = nextRevision()
    log.add([id, ...movedTargets(before?.bead, bead)])
  }
  const drop = (id: string, at: number): void => {
    const before = kept.get(id)
    if (before === undefined || before.revision > at) return
    kept.delete(id)
    removed.set(id, at)
    derived = undefined
    revision = nextRevision()
    log.add([id, ...before.bead.edges.map((edge) => edge.to)])
  }
  const derive = (): Derived => {
    if (derived !== undefined && derived.until > isoNow()) return derived
    return (derived = deriveFrom([...kept.values()].map((each) => each.bead)))
  }

  return {
    replace: (beads, at) => {
      const found = new Set(beads.map(({ bead }) => bead.row.id))
      for (const each of beads) putDigested(each, at)
      for (const id of kept.keys()) if (!found.has(id)) drop(id, at)
    },
    show: (bead, at, outside = {}) => {
      const around = new Map([...bead.targets, ...bead.dependents.map((each) => each.row)].map((row) => [row.id, row]))
      for (const row of around.values()) putRow(kept.get(row.id)?.bead, row, at, put)
      put({ ...bead, edges: joinedEdges(bead, kept.get(bead.row.id)?.bead, kept, outside) }, at)
    },
    remove: drop,
    get: (id) => kept.get(id)?.bead,
    all: () => [...kept.values()].map((each) => each.bead),
    standing: (id) => derive().standings.get(id) ?? nothing,
    summaries: (ids) => {
      const { edges, standings: found } = derive()
      const shown = ids === undefined ? kept.keys() : affectedBy(ids, edges)
      return [...shown].flatMap((id) => {
        const bead = kept.get(id)?.bead
        if (bead === undefined || !isListed(bead.row)) return []
        return [summaryOf(bead.row, { ...around(bead), standing: found.get(id) ?? nothing, revision })]
      })
    },
    digests: (ids) => {
      const { into } = derive()
      return new Map(
        ids.flatMap((id) => {
          const digest = kept.get(id)?.digest
          return digest === undefined ? [] : [[id, digestOf([digest, into.get(id) ?? []])] as const]
        }),
      )
    },
    readyIds: () => new Set([...derive().standings].flatMap(([id, standing]) => (standing.ready ? [id] : []))),
    into: (id) => derive().into.get(id) ?? [],
    edges: () => [...kept.values()].flatMap(({ bead }) => bead.edges.map((edge) => ({ ...edge, from: bead.row.id }))),
    cursor: log.cursor,
    changes: log.since,
  }
}

/** What a summary shows beside the row and how the bead stands. bd does not tell when a label was given. */
export function around(bead: BdBead): Pick<Around, 'labels' | 'parent' | 'commentCount' | 'touchedAt'> {
  const { labels, edges, comments } = bead
  const parent = edges.find((edge) => edge.kind === 'parent-child')?.to ?? null
  const times = [...edges.flatMap(({ at }) => at ?? []), ...comments.map(({ createdAt }) => sqlTime(createdAt))]
  const touchedAt = times.reduce<string | null>((last, at) => (last !== null && last > at ? last : at), null)
  return { labels, parent, commentCount: comments.length, touchedAt }
}

/** A row that was seen at the other end of an edge; what hangs on it is known from before. */
function putRow(before: BdBead | undefined, row: IssueRow, at: number, put: (bead: BdBead, at: number) => void): void {
  if (before !== undefined) put({ ...before, row }, at)
}

/**
 * `bd show` leaves out edges whose target is not in the database, and what an edge says beside its kind: these stay as
 * the last whole reading had them.
 */
function joinedEdges(
  shown: ShownBead,
  before: BdBead | undefined,
  present: ReadonlyMap<string, unknown>,
  { added = [], removed }: OutsideEdges,
): readonly BdEdge[] {
  const known = new Map((before?.edges ?? []).map((edge) => [edge.to, edge]))
  const told = shown.edges.map((edge) => {
    const same = known.get(edge.to)
    return same?.kind === edge.kind ? same : edge
  })
  const targets = new Set(told.map((edge) => edge.to))
  const earlier = [...known.values(), ...added]
  const hidden = earlier.filter(({ to }) => !targets.has(to) && !present.has(to) && to !== removed)
  const each = new Map(hidden.map((edge) => [edge.to, edge]))
  return [...told, ...each.values()].sort((a, b) => (a.to < b.to ? -1 : 1))
}

function deriveFrom(beads: readonly BdBead[]): Derived {
  const now = isoNow()
  const all = beads.flatMap(({ row, edges }) => edges.map((edge) => ({ ...edge, from: row.id })))
  const edges = all.filter((edge) => schedulingKinds.includes(edge.kind))
  const ready = beads.map((bead) => readyBead(bead.row))
  const into = new Map<string, Edge[]>()
  for (const { from, to, kind } of all) {
    const list = into.get(to)
    if (list === undefined) into.set(to, [{ from, to, kind }])
    else list.push({ from, to, kind })
  }
  const deferrals = ready.flatMap(({ deferUntil }) => (deferUntil !== null && deferUntil > now ? [deferUntil] : []))
  const until = deferrals.reduce((least, each) => (each < least ? each : least), '9999')
  return { edges, standings: standings(ready, edges, now), into, until }
}

/** The targets at which one of two states of a bead has an edge that the other has not. */
function movedTargets(before: BdBead | undefined, after: BdBead): readonly string[] {
  const words = (bead: BdBead | undefined): Map<string, string> =>
    new Map((bead?.edges ?? []).map((edge) => [edge.to, `${edge.kind} ${edge.gate ?? ''}`]))
  const [old, now] = [words(before), words(after)]
  return [...new Set([...old.keys(), ...now.keys()])].filter((to) => old.get(to) !== now.get(to))
}

export function digested(bead: BdBead): DigestedBead {
  const { row, labels, edges, comments } = bead
  const told = edges.map(({ to, kind, gate, at }) => [to, kind, gate ?? null, at ?? null])
  return { bead, digest: digestOf([row, labels, told, comments]) }
}

function digestOf(told: unknown): string {
  return createHash('sha256').update(JSON.stringify(told)).digest('base64url')
}

interface Log {
  add(beads: readonly string[]): void
  cursor(): string
  since(cursor: string): WorkChange | null
}

/** Numbers the changes that this process has seen. A cursor of another process, or an old one, means a full reading. */
function createLog(): Log {
  const name = randomUUID()
  const entries: { readonly number: number; readonly beads: readonly string[] }[] = []
  let last = 0
  const cursor = (): string => `${name}.${last}`
  return {
    add: (beads) => {
      last += 1
      entries.push({ number: last, beads })
      if (entries.length > remembered) entries.shift()
    },
    cursor,
    since: (before) => {
      if (before === cursor()) return null
      const [owner, number] = before.split('.')
      const from = Number(number)
      const first = entries[0]?.number ?? last + 1
      const known = owner === name && Number.isInteger(from) && from <= last && from >= first - 1
      if (!known) return { cursor: cursor(), beads: 'all' }
      const beads = new Set(entries.filter((entry) => entry.number > from).flatMap((entry) => entry.beads))
      return { cursor: cursor(), beads: beads.size > mostBeads ? 'all' : [...beads].sort() }
    },
  }
}
