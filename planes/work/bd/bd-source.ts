import { limits, type BeadDetail } from '../../../model/bead.ts'
import { GembaError } from '../../../model/error.ts'
import type { Write } from '../../../model/work-plane.ts'
import { rowId, type WriteSeed } from '../event-rows.ts'
import { nextRevision } from '../revision.ts'
import { detailOf, etagOf } from '../rows.ts'
import type { Words } from '../configured-words.ts'
import { shownBead, type ShownBead } from './bd-bead.ts'
import { objectsIn } from './bd-output.ts'
import type { BdProgram } from './bd-program.ts'
import type { BeadsFolder } from './discover-beads.ts'
import { hint } from './gemba-folder.ts'
import type { Journal } from './journal.ts'
import { around, type OutsideEdges } from './mirror.ts'
import type { Sightings } from './sightings.ts'
import { writeTurn } from './write-turn.ts'

/** What reads and writes of one folder share. */
export interface BdSource {
  readonly bd: BdProgram
  readonly folder: BeadsFolder
  readonly sightings: Sightings
  readonly journal: Journal
  words(fresh?: boolean): Promise<Words>
}

/** A bead as it was shown, and when. */
export interface SeenBead extends ShownBead {
  readonly revision: number
}

/** Those of the beads that are there, as they are now. bd also finds ids by their parts, so what it finds is compared. */
export async function showBeads(
  source: BdSource,
  ids: readonly string[],
  outside?: OutsideEdges,
): Promise<ReadonlyMap<string, SeenBead>> {
  const wanted = new Set(ids.filter((id) => /^[\w.-]+$/.test(id) && id.length <= limits.id))
  if (wanted.size === 0) return new Map()
  const revision = nextRevision()
  const flags = [...wanted].map((id) => `--id=${id}`)
  const said = await source.sightings.own(() => source.bd.run(['show', '--json', ...flags]), 'read').catch(absent)
  const found = objectsIn(said).map(shownBead)
  const asked = found.filter((bead) => wanted.has(bead.row.id))
  const beads = new Map(asked.map((bead) => [bead.row.id, { ...bead, revision }]))
  for (const bead of beads.values()) source.sightings.mirror.show(bead, revision, outside)
  for (const id of wanted) if (!beads.has(id)) source.sightings.mirror.remove(id, revision)
  return beads
}

/** One bead as it is now, or `bead_not_found`. */
export async function showBead(source: BdSource, id: string, outside?: OutsideEdges): Promise<SeenBead> {
  const bead = (await showBeads(source, [id], outside)).get(id)
  if (bead === undefined) throw new GembaError('bead_not_found', { bead: id.slice(0, 100) })
  return bead
}

/** Everything about one bead, as it is now. */
export async function readDetail(source: BdSource, id: string, outside?: OutsideEdges): Promise<BeadDetail> {
  return detailFrom(source, await showBead(source, id, outside))
}

/** Everything about a bead that was just shown. */
export function detailFrom(source: BdSource, shown: SeenBead): BeadDetail {
  const { mirror } = source.sightings
  const { id } = shown.row
  const bead = mirror.get(id) ?? shown
  const dependents = shown.dependents.map(({ row, kind }) => ({ from: row.id, to: id, kind }))
  return detailOf(
    bead.row,
    { ...around(bead), standing: mirror.standing(id), revision: shown.revision },
    {
      dependencies: bead.edges.map(({ to, kind }) => ({ from: id, to, kind })),
      dependents: dependents.sort((a, b) => (a.from < b.from ? -1 : 1)),
      comments: bead.comments,
    },
  )
}

export interface BdChange {
  readonly operation: string
  readonly id: string
  readonly write: Write
}

/** How often a write with this key was seen: never, begun and perhaps done, or done. */
export type Seen = { readonly state: 'new' } | { readonly state: 'begun'; readonly at: number } | Done
interface Done {
  readonly state: 'done'
  readonly id: string
}

/**
 * One write with its turn: whatever it looks at stays as it is until it has written, as far as other processes of
 * Gemba are concerned. `work` is told whether its key was seen before, and gives the id that it made or changed.
 */
export function oneWrite<T>(
  source: BdSource,
  { operation, id, write }: BdChange,
  work: (seen: Seen, begin: () => void) => Promise<{ readonly id: string; readonly answer: () => Promise<T> }>,
): Promise<T> {
  const seed: WriteSeed = { operation, bead: id, key: write.key }
  const key = write.key === undefined ? undefined : rowId(seed, 0)
  return writeTurn(source.folder.beads, async () => {
    await source.sightings.look()
    const seen = seenBefore(source.journal, key)
    const begin = (): void => {
      if (key !== undefined && seen.state === 'new') source.journal.begin(key)
    }
    const done = await work(seen, begin)
    if (key !== undefined && seen.state !== 'done') source.journal.end(key, done.id)
    return done.answer()
  })
}

/**
 * One write to one bead: once per key, only when `ifMatch` still holds; checked and written in one turn. Answers with
 * the bead as it is afterwards.
 */
export function changeBead(
  source: BdSource,
  change: BdChange,
  body: (bead: ShownBead) => Promise<OutsideEdges | undefined>,
): Promise<BeadDetail> {
  const { id, write } = change
  return oneWrite(source, change, async (seen, begin) => {
    if (seen.state === 'done') return { id, answer: () => readDetail(source, id) }
    const bead = await showBead(source, id)
    requireMatch(source, id, write.ifMatch)
    begin()
    const outside = await body(bead)
    return { id, answer: () => readDetail(source, id, outside) }
  })
}

/** Runs a command that writes, and tells other processes. */
export async function runWrite(source: BdSource, ...run: Parameters<BdProgram['run']>): Promise<string> {
  try {
    return await source.sightings.own(() => source.bd.run(...run), 'write')
  } finally {
    await source.sightings.own(async () => hint(source.folder.beads), 'write')
  }
}

/** The answer is about this bead, and no other. */
export function requireAnswer(stdout: string, id: string): void {
  const told = objectsIn(stdout)[0]?.['id']
  if (told !== id) throw new GembaError('bd_failed', { why: `it answered about ${String(told)} instead of ${id}` })
}

/** Refuses with `bead_changed` when `ifMatch` names another state of the bead than the one that was just shown. */
export function requireMatch(source: BdSource, id: string, ifMatch: string | undefined): void {
  const bead = source.sightings.mirror.get(id)
  if (ifMatch === undefined || bead === undefined) return
  const edges = bead.edges.map(({ to, kind }) => ({ from: id, to, kind }))
  if (etagOf(bead.row, bead.labels, edges) !== ifMatch) throw new GembaError('bead_changed', { bead: id })
}

function seenBefore(journal: Journal, key: string | undefined): Seen {
  const entry = key === undefined ? undefined : journal.find(key)
  if (entry === undefined) return { state: 'new' }
  return entry.id === undefined ? { state: 'begun', at: entry.at } : { state: 'done', id: entry.id }
}

/** None of them is there. */
function absent(error: unknown): string {
  if (error instanceof GembaError && error.code === 'bead_not_found') return ''
  throw error
}
