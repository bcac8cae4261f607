import { describe, expect, it } from 'vitest'
import { makeBead } from '../../testing/sample.ts'
import type { Problem } from '../api/types.ts'
import { emptyForm, fieldOf, newBeadOf, suggestionFor } from './new-bead.ts'

describe('the request of a form', () => {
  it('leaves out what was not filled in', () => {
    const form = { ...emptyForm, title: ' One ', description: ' ', labels: 'a, b,,a' }
    expect(newBeadOf(form)).toEqual({ title: 'One', type: 'task', priority: 2, labels: ['a', 'b'] })
  })

  it('has the kind as its type, the pills as labels, and the accepted numbering before the title', () => {
    const form = {
      ...emptyForm,
      kind: 'epic' as const,
      title: '--help',
      tags: ['d:7', 'milestone:gm-1'],
      parent: ' gm-1 ',
    }
    expect(newBeadOf(form, 'E1.2: ')).toEqual({
      title: 'E1.2: --help',
      type: 'epic',
      priority: 2,
      parent: 'gm-1',
      labels: ['d:7', 'milestone:gm-1'],
    })
    expect(newBeadOf({ ...form, title: 'E9: Mine' }, 'E1.2: ').title).toBe('E9: Mine')
  })
})

it('a decision is offered a number that no label has taken', () => {
  const beads = [makeBead('a', 'Task', { labels: ['d:4'] }), makeBead('b', 'Which one', { type: 'decision' })]
  const form = { kind: 'decision' as const, parent: '' }
  expect(suggestionFor(form, beads)).toEqual({ prefix: 'D5: ', follows: 'none' })
  expect(suggestionFor(form, [makeBead('b', 'D1: Which', { type: 'decision' })])?.prefix).toBe('D2: ')
})

it.each([
  ['bead_invalid', 'title is empty', 'title'],
  ['bead_invalid', 'labels must have 1 to 255 characters', 'labels'],
  ['bead_invalid', 'acceptance is longer than 65535 bytes', 'acceptance'],
  ['bead_not_found', '', 'parent'],
  ['dependency_invalid', 'x', 'parent'],
  ['bad_request', 'body.notes is too long', 'notes'],
  ['work_plane_unavailable', 'title', ''],
  ['bead_invalid', 'subtitles', ''],
])('the refusal %s (%s) is about the field %j', (code, why, field) => {
  const problem: Problem = { code, detail: '', mend: '', status: 422, params: { why } }
  expect(fieldOf(problem)).toBe(field)
})
