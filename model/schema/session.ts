import { Type } from 'typebox'
import { actor } from './actor.ts'
import { identifier, instant, nullable, parameters, record, words } from './text.ts'

export const sessionView = record('Session', {
  id: Type.String(),
  project: Type.String(),
  bead: Type.String(),
  beadTitle: Type.String(),
  repository: Type.String(),
  host: Type.String(),
  agent: Type.String(),
  status: words([
    'initializing',
    'ready',
    'working',
    'prompting',
    'stalled',
    'suspended',
    'integrating',
    'completed',
    'failed',
  ]),
  note: Type.String(),
  waitsForHost: Type.Boolean({ description: 'Its host does not answer, and it can do nothing without it.' }),
  closeReason: nullable(
    words([
      'bead_done',
      'user_stop',
      'start_refused',
      'start_failed',
      'transport_error',
      'provider_exit',
      'bead_moved',
    ]),
  ),
  fence: Type.Integer(),
  branch: Type.String(),
  worktree: nullable(Type.String()),
  startedBy: actor,
  startedAt: instant,
  endedAt: nullable(instant),
  digest: record('WorkDigest', {
    tokensIn: Type.Integer(),
    tokensOut: Type.Integer(),
    filesChanged: Type.Integer(),
    commits: Type.Integer(),
  }),
  openEscalations: Type.Array(Type.String()),
  integratedAs: nullable(Type.String()),
})

export const sessionPage = record('SessionPage', {
  items: Type.Array(sessionView),
  cursor: nullable(Type.String()),
})

export const pageQuery = parameters({
  open: Type.Optional(
    Type.Boolean({ description: 'Only open ones, or only closed ones; all, open first, when absent.' }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Items a page; 200 when absent.' })),
  cursor: Type.Optional(Type.String({ maxLength: 1024 })),
})

export const sessionParams = parameters({ id: identifier })

export const peekQuery = parameters({
  lines: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 2000, description: 'Last lines of the screen; 100 when absent.' }),
  ),
})
export const peekAnswer = record('Peek', { text: Type.String() })

export const historyQuery = parameters({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Events a page; 200 when absent.' })),
  cursor: Type.Optional(Type.String({ maxLength: 1024, description: 'Of a page: go on with the older events.' })),
})

export const newSession = record('NewSession', {
  bead: identifier,
  agent: Type.Optional(identifier),
  host: Type.Optional(identifier),
  force: Type.Optional(Type.Boolean({ description: 'Start although blockers are open.' })),
})
export const startedSession = record('StartedSession', { bead: Type.String(), session: Type.String() })

/** At most 8 KiB of UTF-8. */
export const sessionInput = record('SessionInput', { text: Type.String({ minLength: 1, maxLength: 8192 }) })
export const sessionEnd = record('SessionEnd', {
  mode: Type.Unsafe<'completed' | 'canceled'>({
    type: 'string',
    enum: ['completed', 'canceled'],
    description: '`completed` closes as it stands and keeps the work; `canceled` stops and gives the bead back.',
  }),
})
