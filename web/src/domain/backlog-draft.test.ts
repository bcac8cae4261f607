import { expect, it } from 'vitest'
import { detailOf } from '../../testing/sample-details.ts'
import { makeBead } from '../../testing/sample.ts'
import { draftOf, draftPatch } from './backlog-draft.ts'
import { dayField, instantOfDay } from './time.ts'

const before = draftOf(detailOf(makeBead('a', 'A title', { parent: 'e', deferUntil: '2031-05-04T12:00:00Z' })))

it('an edit holds only what was changed', () => {
  expect(draftPatch(before, { ...before })).toEqual({})
  expect(draftPatch(before, { ...before, title: ' B ', parent: ' ', deferred: '', acceptance: 'x' })).toEqual({
    title: 'B',
    parent: null,
    deferUntil: null,
    acceptance: 'x',
  })
  expect(draftPatch(before, { ...before, priority: 0, type: 'bug' })).toEqual({ priority: 0, type: 'bug' })
})

it('a day begins where the person is', () => {
  expect(instantOfDay('')).toBe(null)
  expect(dayField(null)).toBe('')
  expect(dayField(instantOfDay('2031-03-01'))).toBe('2031-03-01')
})
