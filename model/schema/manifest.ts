import { Type } from 'typebox'
import { manifestActions } from '../manifest.ts'
import { manifestState } from './mode.ts'
import { instant, nullable, parameters, record, words } from './text.ts'

const fields = Type.Record(Type.String(), Type.Unknown())

/** One line of the session manifest (seed 001, 6). */
export const manifestEntry = record('ManifestEntry', {
  event_id: Type.String(),
  occurred_at: instant,
  actor: Type.String(),
  mode: Type.Literal('beads_only'),
  source: record('ManifestSource', {
    kind: words(['url', 'worktree', 'beads_dir', 'project']),
    display: Type.String(),
  }),
  action: words(manifestActions),
  entity: record('ManifestEntity', {
    type: words(['bead', 'epic', 'milestone', 'decision', 'source']),
    id: Type.String(),
    title: Type.String(),
  }),
  before: fields,
  after: fields,
  summary: Type.String({ description: 'One sentence in the past tense, without who did it.' }),
})

export const manifestWarning = record('ManifestWarning', {
  line: nullable(Type.Integer({ description: 'Counted from 1; null when it is about the file as a whole.' })),
  kind: words(['torn', 'malformed', 'oversized', 'unreadable']),
  why: Type.String(),
})

export const beadsHistory = record('BeadsHistory', {
  items: Type.Array(manifestEntry, { description: 'Newest first. There may be none and still older ones.' }),
  warnings: Type.Array(manifestWarning, { description: 'Lines of this page that are no entries.' }),
  state: manifestState,
  cursor: nullable(Type.String({ description: 'Leads to what was before; null at the beginning.' })),
})

export const beadsHistoryQuery = parameters({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, description: 'Entries a page; 50 when absent.' })),
  cursor: Type.Optional(Type.String({ maxLength: 20 })),
})
