import { stagedLabel, type BeadDetail, type BeadPatch, type Edge, type NewBead } from '../../model/bead.ts'
import type { ManifestAction, ManifestDeed, ManifestEntity } from '../../model/manifest.ts'

/** What was done to a bead, before it is known by whom. */
export type BeadDeed = Omit<ManifestDeed, 'actor' | 'key'>

type Fields = Readonly<Record<string, unknown>>

/** The fields of a patch by their names in the manifest, which are those of the seed's schema. */
const names: Readonly<Record<Exclude<keyof BeadPatch, 'addLabels' | 'removeLabels'>, string>> = {
  title: 'title',
  description: 'description',
  design: 'design',
  acceptance: 'acceptance',
  notes: 'notes',
  status: 'status',
  priority: 'priority',
  type: 'type',
  assignee: 'assignee',
  externalRef: 'external_ref',
  estimatedMinutes: 'estimated_minutes',
  dueAt: 'due_at',
  deferUntil: 'defer_until',
  metadata: 'metadata',
  parent: 'parent',
}
const fields = Object.entries(names) as [keyof typeof names, string][]

export const createdAs: Readonly<Record<string, ManifestAction>> = {
  epic: 'epic.created',
  milestone: 'milestone.created',
  decision: 'decision.created',
}

export function entityOf({ id, title, type }: Pick<BeadDetail, 'id' | 'title' | 'type'>): ManifestEntity {
  return { type: type === 'epic' || type === 'milestone' || type === 'decision' ? type : 'bead', id, title }
}

export function createdDeed(wanted: NewBead, made: BeadDetail): BeadDeed {
  const given = Object.fromEntries(
    fields.flatMap(([field, name]) => (wanted[field] === undefined ? [] : [[name, made[field]]])),
  )
  const labels = made.labels.length === 0 ? {} : { labels: made.labels }
  const edges = made.dependencies.filter(({ kind }) => kind !== 'parent-child')
  const after = {
    ...given,
    type: made.type,
    state_category: made.state,
    ...labels,
    ...(edges.length === 0 ? {} : { dependencies: edges.map(({ to, kind }) => ({ depends_on: to, kind })) }),
  }
  return { action: createdAs[made.type] ?? 'work_item.created', entity: entityOf(made), before: {}, after }
}

/**
 * What an edit changed, of the fields that it named alone: what others wrote in the same moment is not its deed. A move
 * between lanes goes before a new parent, and that before the rest. Undefined when nothing changed.
 */
export function editedDeed(patch: BeadPatch, before: BeadDetail, after: BeadDetail): BeadDeed | undefined {
  const isMove = 'status' in patch || 'addLabels' in patch || 'removeLabels' in patch
  const state: Pairs = isMove ? { state_category: [before.state, after.state] } : {}
  const changed = differing({ ...state, ...pairsOf(patch, before, after) })
  const { state_category: moved } = changed
  // A lane is a status and perhaps a label: told once.
  if (moved !== undefined) delete changed['status']
  if (Object.keys(changed).length === 0) return undefined
  const action =
    moved !== undefined ? 'work_item.state_changed' : 'parent' in changed ? 'dependency.changed' : 'work_item.edited'
  return { action, entity: entityOf(after), before: sideOf(changed, 0), after: sideOf(changed, 1) }
}

/** A bead that was closed or opened again; `reason` is what the person wrote. */
export function movedDeed(before: BeadDetail, after: BeadDetail, reason: string): BeadDeed | undefined {
  const deed = editedDeed({ status: after.status }, before, after)
  if (deed === undefined || reason === '' || after.status !== 'closed') return deed
  return { ...deed, after: { ...deed.after, close_reason: reason } }
}

export function deletedDeed(bead: BeadDetail): BeadDeed {
  const before = { title: bead.title, type: bead.type, state_category: bead.state }
  return { action: 'work_item.deleted', entity: entityOf(bead), before, after: {} }
}

export function commentedDeed(bead: BeadDetail, text: string): BeadDeed {
  return { action: 'work_item.edited', entity: entityOf(bead), before: {}, after: { comment: text } }
}

/** What became of the edge between two beads; undefined when it is as before. */
export function linkedDeed(to: string, before: BeadDetail, after: BeadDetail): BeadDeed | undefined {
  const [was, is] = [edgeTo(to, before), edgeTo(to, after)]
  if (was?.kind === is?.kind) return undefined
  return { action: 'dependency.changed', entity: entityOf(after), before: edgeFields(was), after: edgeFields(is) }
}

function edgeTo(to: string, bead: BeadDetail): Edge | undefined {
  return bead.dependencies.find((edge) => edge.to === to)
}

function edgeFields(edge: Edge | undefined): Fields {
  return edge === undefined ? {} : { depends_on: edge.to, kind: edge.kind }
}

type Pairs = Record<string, readonly [before: unknown, after: unknown]>

function pairsOf(patch: BeadPatch, before: BeadDetail, after: BeadDetail): Pairs {
  const named = fields.filter(([field]) => field in patch)
  const pairs: Pairs = Object.fromEntries(named.map(([field, name]) => [name, [before[field], after[field]]]))
  if (patch.metadata !== undefined) pairs['metadata'] = metadataPair(patch.metadata, before, after)
  if ('addLabels' in patch || 'removeLabels' in patch) {
    const isMoved = before.state !== after.state
    pairs['labels'] = [labelsOf(before, isMoved), labelsOf(after, isMoved)]
  }
  return pairs
}

function labelsOf(bead: BeadDetail, isMoved: boolean): readonly string[] {
  return bead.labels.filter((label) => !(isMoved && label === stagedLabel)).toSorted()
}

/** Only the keys that the patch names: metadata is merged by its keys. */
function metadataPair(patch: Fields, before: BeadDetail, after: BeadDetail): readonly [Fields, Fields] {
  const of = ({ metadata }: BeadDetail): Fields =>
    Object.fromEntries(Object.entries(metadata).filter(([key]) => Object.hasOwn(patch, key)))
  return [of(before), of(after)]
}

function differing(pairs: Pairs): Pairs {
  return Object.fromEntries(
    Object.entries(pairs).filter(([, [before, after]]) => JSON.stringify(before) !== JSON.stringify(after)),
  )
}

function sideOf(pairs: Pairs, side: 0 | 1): Fields {
  return Object.fromEntries(Object.entries(pairs).map(([name, pair]) => [name, pair[side]]))
}
