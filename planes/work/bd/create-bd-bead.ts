import { limits, stagedLabel, type BeadDetail, type BeadPatch, type NewBead } from '../../../model/bead.ts'
import { GembaError } from '../../../model/error.ts'
import type { Write } from '../../../model/work-plane.ts'
import { actorName } from '../bead-change.ts'
import { checkLabels, invalid, mergeMetadata, type Columns } from '../fields.ts'
import type { Words } from '../configured-words.ts'
import { isoNow, sqlTime } from '../time.ts'
import type { BdBead } from './bd-bead.ts'
import { addBdEdge, requireEdge } from './bd-edges.ts'
import { checkedColumns, flagsFor, labelFlag } from './bd-fields.ts'
import { objectIn } from './bd-output.ts'
import {
  detailFrom,
  oneWrite,
  readDetail,
  requireAnswer,
  runWrite,
  showBead,
  showBeads,
  type BdSource,
  type SeenBead,
} from './bd-source.ts'

/** A new bead, checked: what is left is to tell bd. */
interface Wanted {
  readonly columns: Columns
  readonly metadata: string
  readonly labels: readonly string[]
  readonly parent: string | null
  readonly id: string | undefined
  readonly edges: readonly { readonly to: string; readonly kind: string }[]
}

/**
 * Creates a bead. bd needs several commits for labels, parent and edges, and only warns when one of them fails; so the
 * new bead is looked at, and what it lacks is added. Labels are those of the parent when none are given, but for the
 * staged one. The same key again finds the first bead, also when the first try was broken off.
 */
export function createBdBead(source: BdSource, bead: NewBead, write: Write): Promise<BeadDetail> {
  return oneWrite(source, { operation: 'create', id: '', write }, async (seen, begin) => {
    if (seen.state === 'done') return { id: seen.id, answer: () => readDetail(source, seen.id) }
    const actor = actorName(write.actor)
    const earlier = seen.state === 'begun' ? brokenOff(source, bead, { actor, since: seen.at }) : undefined
    const wanted = await checked(source, bead, earlier)
    begin()
    const id = earlier ?? (await make(source, wanted, actor))
    const made = await complete(source, id, wanted, actor)
    return { id, answer: () => Promise.resolve(detailFrom(source, made)) }
  })
}

async function checked(source: BdSource, bead: NewBead, earlier: string | undefined): Promise<Wanted> {
  const { id, labels, dependencies = [], parent = null, metadata = {}, ...patch } = bead
  const { columns, words } = await checkedColumns(source, patch satisfies BeadPatch)
  const type = String(columns['issue_type'] ?? 'task')
  if (words.wispTypes.includes(type)) throw invalid(`type ${type} is kept by bd alone, among its wisps`)
  const json = mergeMetadata({}, metadata).json
  const own = labels === undefined ? undefined : checkLabels(labels)
  const above = parent === null ? undefined : await showBead(source, parent)
  if (id !== undefined && earlier === undefined) await requireFreeId(source, words, id)
  await showBeads(
    source,
    dependencies.map((edge) => edge.to),
  )
  for (const edge of dependencies) requireEdge(source, { from: id ?? '', type, ...edge })
  const inherited = (above?.labels ?? []).filter((label) => label !== stagedLabel)
  return { columns, metadata: json, labels: own ?? inherited, parent, id, edges: dependencies }
}

/** `bd create --id` would overwrite a bead that is there, so it is looked for first. */
async function requireFreeId(source: BdSource, words: Words, id: string): Promise<void> {
  if (id.length > limits.id || !/^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$/.test(id)) {
    throw invalid('id has a form that ids do not have')
  }
  const prefixes = [words.prefix, ...words.allowedPrefixes]
  if (!prefixes.some((prefix) => id.startsWith(`${prefix}-`))) throw invalid(`id does not start with ${words.prefix}-`)
  if ((await showBeads(source, [id])).has(id)) throw new GembaError('bead_exists', { bead: id })
}

async function make(source: BdSource, wanted: Wanted, actor: string): Promise<string> {
  const { columns, id, parent } = wanted
  // bd makes a bead open; another status comes after.
  const { status: _status, ...said } = columns
  const { flags, files } = flagsFor(withoutNothing(said))
  const metadata: Record<string, string> = wanted.metadata === '{}' ? {} : { '--metadata': wanted.metadata }
  const under = parent !== null && id === undefined ? [`--parent=${parent}`, '--no-inherit-labels'] : []
  const named = id === undefined ? [] : [`--id=${id}`]
  const all = ['create', '--json', ...flags, ...named, ...under, ...labelFlag('--labels', wanted.labels)]
  const made = objectIn(await runWrite(source, all, [], { actor, files: { ...files, ...metadata } }))['id']
  const expected = id ?? (parent === null ? undefined : `${parent}.`)
  if (typeof made === 'string' && made !== '' && made.startsWith(expected ?? '')) return made
  throw new GembaError('bd_failed', { why: `it made ${String(made)} instead of ${expected ?? 'a bead'}` })
}

/** Adds whatever bd has not written with the bead itself, and gives the bead as it is then. */
async function complete(source: BdSource, id: string, wanted: Wanted, actor: string): Promise<SeenBead> {
  const bead = await showBead(source, id)
  const status = wanted.columns['status']
  const labels = wanted.labels.filter((label) => !bead.labels.includes(label))
  const lacksParent = wanted.parent !== null && !hasEdge(bead, wanted.parent, 'parent-child')
  const flags = [
    ...(typeof status === 'string' && status !== bead.row.status ? [`--status=${status}`] : []),
    ...labelFlag('--add-label', labels),
    ...(lacksParent ? [`--parent=${wanted.parent ?? ''}`] : []),
  ]
  if (flags.length > 0) requireAnswer(await runWrite(source, ['update', '--json', ...flags], [id], { actor }), id)
  const edges = wanted.edges.filter(({ to, kind }) => !hasEdge(bead, to, kind))
  for (const edge of edges) await addBdEdge(source, { from: id, ...edge }, actor)
  if (flags.length + edges.length === 0) return bead
  // bd does not say when it added an edge; the next full reading does.
  return showBead(source, id, { added: wanted.edges.map((edge) => ({ ...edge, at: sqlTime(isoNow()) })) })
}

function hasEdge(bead: BdBead, to: string, kind: string): boolean {
  return bead.edges.some((edge) => edge.to === to && edge.kind === kind)
}

/** The bead of a try that did not come to its end: the same words of the same person since then, or nothing. */
function brokenOff(source: BdSource, bead: NewBead, by: { actor: string; since: number }): string | undefined {
  const since = new Date(by.since - 1_000).toISOString().slice(0, 19).replace('T', ' ')
  const same = source.sightings.mirror.all().filter(({ row }) => {
    const mine = row.created_by === by.actor && row.created_at >= since
    return mine && row.title === bead.title && row.description === (bead.description ?? '')
  })
  const named = same.filter(({ row }) => bead.id === undefined || row.id === bead.id)
  return named.find(({ row }) => !source.journal.made(row.id))?.row.id
}

/** What a new bead is anyway need not be said. */
function withoutNothing(columns: Columns): Columns {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null && value !== ''))
}
