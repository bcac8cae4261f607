import { expect, it } from 'vitest'
import { newBeadOf } from './new-bead.ts'

it('leaves out what was not filled in', () => {
  const form = { title: ' One ', description: ' ', type: 'task', priority: 2, parent: '', labels: 'a, b,,a' }
  expect(newBeadOf(form)).toEqual({ title: 'One', type: 'task', priority: 2, labels: ['a', 'b'] })
})
