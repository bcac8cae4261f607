import { Type } from 'typebox'
import { identifier, instant, nullable, parameters, record, words } from './text.ts'

export const escalationView = record('Escalation', {
  id: Type.String(),
  project: Type.String(),
  source: words([
    'permission_prompt',
    'question',
    'blocker',
    'bead_done_with_dirty_worktree',
    'integration_conflict',
    'integration_blocked',
    'bead_moved',
    'host_offline',
    'stray_pane',
    'unknown_holder',
    'review',
  ]),
  urgency: words(['blocking', 'advisory']),
  session: nullable(Type.String()),
  bead: nullable(Type.String()),
  host: nullable(Type.String()),
  title: Type.String(),
  text: Type.String(),
  options: Type.Array(
    record('EscalationOption', {
      value: Type.String(),
      label: Type.String(),
      tone: words(['positive', 'negative', 'destructive', 'neutral']),
    }),
  ),
  freeText: Type.Boolean(),
  createdAt: instant,
  state: words(['open', 'decided', 'delivered', 'unconfirmed', 'moot']),
  decision: nullable(
    record('Decision', {
      value: Type.String(),
      text: Type.String(),
      by: Type.String(),
      via: Type.String(),
      at: instant,
    }),
  ),
  note: Type.String(),
})

export const escalationPage = record('EscalationPage', {
  items: Type.Array(escalationView),
  cursor: nullable(Type.String()),
})

export const escalationParams = parameters({ id: identifier })

export const answerEscalation = record('Answer', {
  value: Type.String({ minLength: 1, maxLength: 200, description: 'One of the options, or `text`.' }),
  text: Type.Optional(Type.String({ maxLength: 8192 })),
})
