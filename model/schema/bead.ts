import { Type } from 'typebox'
import { limits } from '../bead.ts'
import { identifier, instant, nullable, parameters, record, words } from './text.ts'

export const stateCategory = words(['backlog', 'unstarted', 'staged', 'started', 'completed'])

const beadId = Type.String({ minLength: 1, maxLength: limits.id })
const title = Type.String({ minLength: 1, maxLength: limits.title })
const text = Type.String({ maxLength: limits.text })
const word = Type.String({ minLength: 1, maxLength: 64 })
const label = Type.String({ minLength: 1, maxLength: limits.label })
const labels = Type.Array(label, { maxItems: 200 })
const priority = Type.Integer({ minimum: 0, maximum: 4, description: '0 is the highest, 4 the lowest.' })
const metadata = Type.Record(Type.String(), Type.Unknown())

const summary = {
  id: Type.String(),
  title: Type.String(),
  status: Type.String(),
  state: stateCategory,
  priority: Type.Integer(),
  type: Type.String(),
  assignee: nullable(Type.String()),
  labels: Type.Array(Type.String()),
  parent: nullable(Type.String()),
  blockedBy: Type.Array(Type.String()),
  blocks: Type.Array(Type.String()),
  ready: Type.Boolean(),
  createdAt: instant,
  updatedAt: Type.String({ format: 'date-time', description: 'When its row was last written.' }),
  modifiedAt: Type.String({
    format: 'date-time',
    description: 'The newest of its row, its comments, the edges from it and its labels.',
  }),
  closedAt: nullable(instant),
  deferUntil: nullable(instant),
  hasAcceptance: Type.Boolean({ description: 'Whether it has acceptance criteria.' }),
  commentCount: Type.Integer(),
  revision: Type.Integer({ description: 'Grows with every change the server reads; drop what is older.' }),
}

export const beadSummary = record('BeadSummary', summary)

export const edge = record('Edge', { from: Type.String(), to: Type.String(), kind: Type.String() })

export const comment = record('Comment', {
  id: Type.String(),
  author: Type.String(),
  text: Type.String(),
  createdAt: instant,
})

export const beadDetail = record('BeadDetail', {
  ...summary,
  description: Type.String(),
  design: Type.String(),
  acceptance: Type.String(),
  notes: Type.String(),
  owner: Type.String(),
  createdBy: Type.String(),
  closeReason: Type.String(),
  externalRef: nullable(Type.String()),
  estimatedMinutes: nullable(Type.Integer()),
  dueAt: nullable(instant),
  startedAt: nullable(instant),
  metadata,
  dependencies: Type.Array(edge),
  dependents: Type.Array(edge),
  comments: Type.Array(comment),
  etag: Type.String({ description: 'The value of `ETag` without its quotes.' }),
})

export const beadHistory = record('BeadHistory', {
  items: Type.Array(
    record('BeadEvent', {
      id: Type.String(),
      at: instant,
      actor: Type.String(),
      kind: Type.String(),
      changes: Type.Array(
        record('BeadFieldChange', { field: Type.String(), before: nullable(Type.String()), after: Type.String() }),
      ),
      text: Type.String(),
    }),
  ),
  more: Type.Boolean(),
  recorded: Type.Boolean({ description: 'False where the source keeps no history that can be read.' }),
})
export const historyQuery = parameters({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, description: 'Changes to tell; 100 when absent.' })),
})

const editable = {
  description: Type.Optional(text),
  design: Type.Optional(text),
  acceptance: Type.Optional(text),
  notes: Type.Optional(text),
  status: Type.Optional(word),
  priority: Type.Optional(priority),
  type: Type.Optional(word),
  externalRef: Type.Optional(nullable(Type.String({ maxLength: limits.id }))),
  estimatedMinutes: Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: 10_000_000 }))),
  dueAt: Type.Optional(nullable(instant)),
  deferUntil: Type.Optional(nullable(instant)),
  metadata: Type.Optional(metadata),
  parent: Type.Optional(nullable(beadId)),
}

export const beadPatch = record('BeadPatch', {
  title: Type.Optional(title),
  ...editable,
  assignee: Type.Optional(nullable(Type.String({ maxLength: limits.id }))),
  addLabels: Type.Optional(labels),
  removeLabels: Type.Optional(labels),
})

export const newBead = record('NewBead', {
  title,
  ...editable,
  id: Type.Optional(beadId),
  labels: Type.Optional(labels),
  assignee: Type.Optional(Type.String({ maxLength: limits.id })),
  dependencies: Type.Optional(Type.Array(record('NewDependency', { to: beadId, kind: word }), { maxItems: 200 })),
})

export const beadPage = record('BeadPage', {
  items: Type.Array(beadSummary),
  cursor: nullable(Type.String({ description: 'Give it back as `cursor` for the next page; null on the last.' })),
  event: Type.String({ description: 'The event id to follow on from: `GET /api/v1/events?after=`.' }),
})

export const beadQuery = parameters({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Beads a page; 200 when absent.' })),
  cursor: Type.Optional(Type.String({ maxLength: 1024 })),
  state: Type.Optional(Type.Array(stateCategory, { maxItems: 5, description: 'Any of these lanes.' })),
  type: Type.Optional(Type.Array(word, { maxItems: 20, description: 'Any of these types.' })),
  label: Type.Optional(Type.Array(label, { maxItems: 20, description: 'All of these labels.' })),
  q: Type.Optional(Type.String({ maxLength: 200, description: 'Found in the id or the title, whatever the case.' })),
})

export const beadParams = parameters({ id: beadId })
export const dependencyParams = parameters({ id: beadId, target: identifier })

export const closeBead = record('CloseBead', {
  reason: Type.String({ maxLength: 10_000 }),
  force: Type.Optional(Type.Boolean({ description: 'Also with open blockers or children.' })),
})
export const reopenBead = record('ReopenBead', { reason: Type.String({ maxLength: 10_000 }) })
export const newComment = record('NewComment', { text: Type.String({ minLength: 1, maxLength: limits.text }) })
export const newDependency = record('DependencyKind', { kind: word })
