import { stagedLabel, type BeadDetail, type NewBead } from '../../model/bead.ts'
import type { Write } from '../../model/work-plane.ts'
import { authorOf, beadLock, deskOf, edgeLock, type Desk, type Source } from './bead-change.ts'
import type { SqlValue } from './database.ts'
import { insertEdge, setParent } from './edges.ts'
import { contentHash } from './content-hash.ts'
import { beadOfEarlierTry, type WriteSeed } from './event-rows.ts'
import { checkLabels, columnsOf, invalid, mergeMetadata } from './fields.ts'
import { nanosecondsNow, nextChildId, nextTopLevelId, requireFreeId } from './ids.ts'
import { readBead, readIssue, readLabels } from './reads.ts'
import { nextRevision } from './revision.ts'

/**
 * Creates a bead with its labels, parent and dependencies in one commit; bd needs three. A child whose `labels` are
 * left out gets its parent's, as with bd, but is not staged by that. The same key again finds the first bead.
 */
export async function createBead(source: Source, bead: NewBead, write: Write): Promise<BeadDetail> {
  const seed: WriteSeed = { operation: 'create', bead: '', key: write.key }
  let id = ''
  return source.database.change(
    {
      locks: locksOf(bead, write),
      message: () => `gemba: create ${id}`,
      author: authorOf(write.actor, source.author),
    },
    async (writing) => {
      const revision = nextRevision()
      const desk = await deskOf(source, writing, seed, write.actor)
      const earlier = await beadOfEarlierTry(writing, seed)
      id = earlier ?? (await insertBead(desk, bead))
      return readBead(writing, source.shape, id, revision)
    },
  )
}

/** Ids are given out one at a time: per parent for children, per database for the others. */
function locksOf(bead: NewBead, write: Write): string[] {
  const ids = typeof bead.parent === 'string' ? `parent:${bead.parent}` : 'ids'
  const chosen = bead.id === undefined ? [] : [beadLock(bead.id)]
  const key = write.key === undefined ? [] : [`key:${write.key}`]
  const edges = bead.dependencies === undefined || bead.dependencies.length === 0 ? [] : [edgeLock]
  return [ids, ...chosen, ...key, ...edges]
}

async function insertBead(desk: Desk, bead: NewBead): Promise<string> {
  const { id: _id, labels: _labels, dependencies, parent, ...patch } = bead
  const columns: Record<string, SqlValue> = { ...defaults, ...columnsOf(patch, desk.words) }
  requireIssueType(desk, String(columns['issue_type']))
  columns['metadata'] = mergeMetadata({}, bead.metadata ?? {}).json
  if (columns['status'] === 'closed') columns['closed_at'] = desk.now
  if (columns['status'] === 'in_progress') columns['started_at'] = desk.now
  const labels = await labelsOf(desk, bead)
  if (typeof parent === 'string') await readIssue(desk.writing, parent)

  const id = await idFor(desk, bead)
  const said = { ...columns, created_by: desk.actor }
  const row = { ...said, id, content_hash: contentHash(said), created_at: desk.now, updated_at: desk.now }
  const names = Object.keys(row)
  await desk.writing.write(
    'issues',
    `INSERT INTO issues (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    Object.values(row),
  )
  await desk.events.add(id, 'created', { oldValue: '', newValue: '' })
  await addLabels(desk, id, labels)
  const type = String(columns['issue_type'])
  if (typeof parent === 'string') await setParent(desk, { id, type }, parent)
  for (const edge of dependencies ?? []) await insertEdge(desk, { from: id, ...edge, type })
  return id
}

/** Types that bd keeps among its wisps, which Gemba does not write. */
function requireIssueType(desk: Desk, type: string): void {
  if (desk.words.wispTypes.includes(type)) throw invalid(`type ${type} is kept by bd alone, among its wisps`)
}

/** Writes label rows and their event rows. */
export async function addLabels(desk: Desk, id: string, labels: readonly string[]): Promise<void> {
  for (const label of labels) {
    await desk.writing.write('labels', 'INSERT INTO labels (issue_id, label) VALUES (?, ?)', [id, label])
    await desk.events.add(id, 'label_added', { comment: `Added label: ${label}` })
  }
}

/** What bd's own rows hold where nothing was said; `work_type` would otherwise show in its output. */
const defaults: Readonly<Record<string, SqlValue>> = {
  description: '',
  design: '',
  acceptance_criteria: '',
  notes: '',
  status: 'open',
  priority: 2,
  issue_type: 'task',
  work_type: '',
  spec_id: '',
}

async function labelsOf(desk: Desk, bead: NewBead): Promise<string[]> {
  if (bead.labels !== undefined) return checkLabels(bead.labels)
  if (typeof bead.parent !== 'string') return []
  return (await readLabels(desk.writing, bead.parent)).filter((label) => label !== stagedLabel)
}

async function idFor(desk: Desk, bead: NewBead): Promise<string> {
  if (bead.id !== undefined) return requireFreeId(desk.writing, desk.words, bead.id)
  if (typeof bead.parent === 'string') return nextChildId(desk.writing, bead.parent)
  return nextTopLevelId(desk.writing, desk.words, {
    title: bead.title,
    description: bead.description ?? '',
    creator: desk.actor,
    nanoseconds: nanosecondsNow(),
  })
}
