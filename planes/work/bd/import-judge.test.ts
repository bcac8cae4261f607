import { expect, it } from 'vitest'
import type { ImportRecord } from '../import/jsonl-records.ts'
import { judgement } from '../import/judged.ts'
import type { Words } from '../configured-words.ts'
import { exportedBead } from './bd-bead.ts'
import { bookOf, type ImportBook } from './import-book.ts'
import { judgeFor } from './import-judge.ts'

const words: Words = {
  ...{ version: 32, prefix: 'gm', allowedPrefixes: [], counterIds: false },
  ...{ minHashLength: 3, maxHashLength: 8, maxCollision: 0.25 },
  ...{ statuses: ['open', 'in_progress', 'closed'], types: ['task', 'epic', 'message'], wispTypes: ['message'] },
}
const times = { created_at: '2026-03-01T10:00:00Z', updated_at: '2026-03-01T12:00:00Z' }
const bead = (id: string, more: object = {}) => ({
  ...{ _type: 'issue', id, title: `Do ${id}`, status: 'open', priority: 2, issue_type: 'task' },
  ...times,
  ...more,
})

function bookWith(...beads: readonly ReturnType<typeof bead>[]): ImportBook {
  return bookOf(new Map(beads.map((each) => [each.id, exportedBead(each)])))
}

/** Judges and takes one record after the other. */
function judged(book: ImportBook, ...records: readonly (readonly [ImportRecord['kind'], object])[]): string[] {
  const judge = judgeFor({ book, words, config: new Map([['kv.memory.tip', 'a']]), memories: [] })
  return records.map(([kind, fields], index) => {
    const found = judgement(() => judge({ kind, file: '', line: index + 1, fields: { ...fields } }))
    if (found.verdict === 'created' || found.verdict === 'updated') void found.take()
    const more = [found.why, found.note].filter((each) => each !== '').join('; ')
    return `${found.verdict} ${found.reason}${more === '' ? '' : `: ${more}`}`
  })
}

it('tells bd only of what is new or newer, and of a bead that is there only what comes to it', () => {
  const book = bookWith(
    bead('gm-1', { labels: ['a'], notes: 'ours', external_ref: '' }),
    bead('gm-2', { assignee: 'joe' }),
    bead('gm-3'),
  )
  const newer = '2026-03-02T12:00:00Z'
  expect(
    judged(
      book,
      ['issues', bead('gm-1', { title: 'Theirs', updated_at: '2026-03-01T11:00:00Z' })],
      ['issues', bead('gm-2', { title: 'Newer', updated_at: newer, spec_id: 's' })],
      ['issues', bead('gm-3')],
      ['issues', bead('gm-4')],
      ['issues', bead('gm-5', { issue_type: 'message' })],
      ['labels', { issue_id: 'gm-1', label: 'b' }],
      ['labels', { issue_id: 'gm-1', label: 'a' }],
      ['labels', { issue_id: 'gm-9', label: 'a' }],
    ),
  ).toEqual([
    'skipped older: the database has a later version, of 2026-03-01T12:00:00Z',
    'updated newer: bd leaves as it is: spec_id',
    'skipped same: the database has the same',
    'created new',
    'skipped kept: message is kept by bd alone, among its wisps',
    'created new',
    'skipped same: it is there',
    'refused invalid: there is no bead gm-9',
  ])
  const lines = book.lines()
  expect(lines.map((line) => (line as { id: string }).id).sort()).toEqual(['gm-1', 'gm-2', 'gm-4'])
  expect(lines).toContainEqual(
    expect.objectContaining({ id: 'gm-1', title: 'Do gm-1', notes: 'ours', labels: ['a', 'b'] }),
  )
  expect(lines).toContainEqual(expect.objectContaining({ id: 'gm-2', title: 'Newer', updated_at: newer }))
  // A reference that is empty would stand in bd as one that is there.
  for (const line of lines) expect(line).not.toHaveProperty('external_ref')
})

it('lets no session of elsewhere hold a bead, and writes over none that a session holds', () => {
  const held = bead('gm-1', { status: 'in_progress', assignee: 'gemba/s1' })
  const book = bookWith(held)
  expect(
    judged(
      book,
      ['issues', { ...held, title: 'x', updated_at: '2026-03-02T12:00:00Z' }],
      ['issues', { ...held, id: 'gm-2' }],
    ),
  ).toEqual(['refused held: session s1 works on it; end the session first', 'created new'])
  expect(book.row('gm-2')).toMatchObject({ status: 'open', assignee: '' })
})

it('takes edges to what is there or outside, and none that bd would drop or that closes a circle', () => {
  const book = bookWith(bead('gm-1'), bead('gm-2'))
  const edge = (from: string, to: string, type: string, more: object = {}): readonly ['dependencies', object] => [
    'dependencies',
    { issue_id: from, depends_on_id: to, type, created_at: times.created_at, ...more },
  ]
  expect(
    judged(
      book,
      edge('gm-1', 'gm-2', 'blocks'),
      edge('gm-2', 'gm-1', 'blocks'),
      edge('gm-1', 'gm-2', 'related'),
      edge('gm-1', 'gm-none', 'blocks'),
      edge('gm-2', 'external:x:y', 'blocks'),
      edge('gm-2', 'gm-1', 'waits-for', { metadata: '{"gate":"any-children"}' }),
      edge('gm-2', 'gm-2', 'blocks'),
    ),
  ).toEqual([
    'created new',
    'refused cycle: blocks gm-1 would close a circle: gm-2 → gm-1 → gm-2',
    'skipped conflict: it is there as blocks, not as related',
    'refused invalid: there is no bead gm-none that blocks names, and bd keeps no edge to nowhere',
    'created new',
    'refused cycle: waits-for gm-1 would close a circle: gm-2 → gm-1 → gm-2',
    'refused invalid: depends_on_id names no other bead',
  ])
  expect(book.outsideEdges()).toEqual([{ from: 'gm-2', to: 'external:x:y', kind: 'blocks' }])
  expect(book.lines()).toEqual([
    expect.objectContaining({ id: 'gm-1', dependencies: [expect.objectContaining({ depends_on_id: 'gm-2' })] }),
  ])
})

it('knows comments again though bd gave them other ids, and takes memories that are not there', () => {
  const comment = { id: '1', author: 'zed', text: 'Hm', created_at: times.created_at }
  const book = bookWith(bead('gm-1', { comments: [comment] }))
  expect(
    judged(
      book,
      ['comments', { ...comment, id: '2', issue_id: 'gm-1' }],
      ['comments', { ...comment, issue_id: 'gm-1', text: 'Other' }],
      ['comments', { ...comment, id: '3', issue_id: 'gm-1', text: 'New' }],
      ['config', { key: 'kv.memory.tip', value: 'b' }],
      ['config', { key: 'kv.memory.hint', value: 'b' }],
      ['config', { key: 'issue_prefix', value: 'b' }],
    ),
  ).toEqual([
    'skipped same: it is there',
    'skipped conflict: it is there with another text',
    'created new',
    'skipped kept: the database has its own value',
    'created new',
    'skipped kept: settings of a database that bd keeps are set with `bd config set`',
  ])
})
