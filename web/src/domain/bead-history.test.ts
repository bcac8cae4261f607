import { expect, it } from 'vitest'
import { makeSession } from '../../testing/sample.ts'
import { historyLines } from './bead-history.ts'

const event = { id: 'e', at: '2026-11-01T10:00:00Z', actor: 'mira', kind: 'updated', changes: [], text: '' }

it('says who did what in words, newest first, as the database ordered what came in one second', () => {
  const session = makeSession('s1', 'b', 'B', {
    startedAt: '2026-11-01T10:00:00.900Z',
    endedAt: '2026-11-01T12:00:00Z',
    status: 'completed',
    closeReason: 'bead_done',
    integratedAs: '3f9ac2e',
  })
  const lines = historyLines(
    [
      { ...event, id: '1', at: '2026-11-01T11:00:00Z', kind: 'closed', text: 'Not wanted' },
      { ...event, id: '2', kind: 'label_added', text: 'Added label: <b>x' },
      {
        ...event,
        id: '3',
        changes: [
          { field: 'issue_type', before: 'task', after: 'bug' },
          { field: 'updated_at', before: 'x', after: 'y' },
        ],
      },
      { ...event, id: '4', actor: '', kind: 'merge_slot', text: '' },
    ],
    [session],
  )
  expect(lines.map(({ who, did }) => `${who} ${did}`)).toEqual([
    'scripted ended: the bead was done, integrated as 3f9ac2e',
    'mira closed it: Not wanted',
    'mira added the label <b>x',
    'mira changed it',
    'somebody merge slot',
    'mira had scripted start on it',
  ])
  expect(lines[3]?.changes).toEqual([{ name: 'type', before: 'task', after: 'bug' }])
  expect(lines.map(({ session: id }) => id)).toEqual(['s1', null, null, null, null, 's1'])
})
