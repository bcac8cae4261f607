import type { Comment, Edge } from '../../../model/bead.ts'
import { issueJson } from '../issue-json.ts'
import type { IssueRow } from '../rows.ts'
import { isoTime } from '../time.ts'
import type { BdBead } from './bd-bead.ts'

type EntryRow = Readonly<Record<string, unknown>>

type AddedEdge = EntryRow & { readonly depends_on_id: string; readonly type: string }

/** A bead as an import makes it. */
interface Entry {
  row: EntryRow
  /** Whether `bd import` is to be told of it. */
  isTold: boolean
  readonly labels: Set<string>
  /** Its targets, and the kind of edge that leads there. */
  readonly edges: Map<string, string>
  readonly comments: Comment[]
  /** What bd is to be told besides the row. */
  readonly added: { readonly edges: AddedEdge[]; readonly comments: Comment[] }
}

/** The beads of a folder as they are, and as an import makes them: nothing is written. */
export interface ImportBook {
  has(id: string): boolean
  row(id: string): EntryRow | undefined
  labels(id: string): ReadonlySet<string>
  edges(id: string): ReadonlyMap<string, string>
  comments(id: string): readonly Comment[]
  allEdges(): readonly Edge[]
  putRow(id: string, row: EntryRow): void
  addLabel(id: string, label: string): void
  addEdge(id: string, edge: AddedEdge): void
  addComment(id: string, comment: Comment): void
  /** What changed, as lines for `bd import`, which only adds labels, edges and comments. */
  lines(): readonly object[]
  /** New edges to what is outside of the database, which `bd import` drops. */
  outsideEdges(): readonly Edge[]
}

const noWords: ReadonlySet<string> = new Set()
const noEdges: ReadonlyMap<string, string> = new Map()

export function bookOf(beads: ReadonlyMap<string, BdBead>): ImportBook {
  const entries = new Map<string, Entry>()

  const entryOf = (id: string): Entry => {
    const known = entries.get(id)
    if (known !== undefined) return known
    const bead = beads.get(id)
    const entry: Entry = {
      row: { ...bead?.row },
      isTold: false,
      labels: new Set(bead?.labels),
      edges: new Map(bead?.edges.map(({ to, kind }) => [to, kind])),
      comments: [...(bead?.comments ?? [])],
      added: { edges: [], comments: [] },
    }
    entries.set(id, entry)
    return entry
  }
  return {
    has: (id) => entries.has(id) || beads.get(id) !== undefined,
    row: (id) => entries.get(id)?.row ?? asRow(beads.get(id)?.row),
    labels: (id) => entries.get(id)?.labels ?? new Set(beads.get(id)?.labels ?? noWords),
    edges: (id) => entries.get(id)?.edges ?? new Map(beads.get(id)?.edges.map(({ to, kind }) => [to, kind]) ?? noEdges),
    comments: (id) => entries.get(id)?.comments ?? beads.get(id)?.comments ?? [],
    allEdges: () => [...beads].flatMap(([from, { edges }]) => edges.map(({ to, kind }) => ({ from, to, kind }))),
    putRow: (id, row) => void Object.assign(entryOf(id), { row, isTold: true }),
    addLabel: (id, label) => {
      const entry = entryOf(id)
      entry.isTold = true
      entry.labels.add(label)
    },
    addEdge: (id, edge) => {
      const entry = entryOf(id)
      entry.isTold ||= !isOutside(edge)
      entry.edges.set(edge.depends_on_id, edge.type)
      entry.added.edges.push(edge)
    },
    addComment: (id, comment) => {
      const entry = entryOf(id)
      entry.isTold = true
      entry.comments.push(comment)
      entry.added.comments.push(comment)
    },
    lines: () => [...entries].flatMap(([id, entry]) => (entry.isTold ? [lineOf(id, entry)] : [])),
    outsideEdges: () =>
      [...entries].flatMap(([from, { added }]) =>
        added.edges.filter(isOutside).map(({ depends_on_id: to, type: kind }) => ({ from, to, kind })),
      ),
  }
}

function isOutside({ depends_on_id: to }: AddedEdge): boolean {
  return to.startsWith('external:')
}

function asRow(row: IssueRow | undefined): EntryRow | undefined {
  return row === undefined ? undefined : { ...row }
}

function lineOf(id: string, { row, labels, added }: Entry): object {
  const comments = added.comments.map(({ author, text, createdAt }) => ({
    ...{ issue_id: id, author, text, created_at: createdAt },
  }))
  const edges = added.edges
    .filter((edge) => !isOutside(edge))
    .map((edge) => ({ ...edge, created_at: isoTime(String(edge['created_at'])) }))
  const hanging = { dependencies: edges.length === 0 ? null : edges, comments: comments.length === 0 ? null : comments }
  const { metadata, external_ref: reference } = row
  const whole = {
    ...row,
    metadata: typeof metadata === 'string' ? (JSON.parse(metadata) as unknown) : metadata,
    // bd tells an empty reference from none.
    external_ref: reference === '' ? null : reference,
  }
  return { _type: 'issue', ...issueJson(whole as unknown as IssueRow, [...labels].sort(), hanging) }
}
