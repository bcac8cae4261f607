import { expect, it } from 'vitest'
import { makeBead } from '../../testing/sample.ts'
import { beadChoices, matching } from './pick.ts'

const choices = ['gm-10', 'gm-1', 'gm-2'].map((id) => ({ value: id, text: `Title of ${id}`, hint: 'epic' }))

it('finds what holds every word, and what is meant exactly first', () => {
  expect(matching(choices, 'gm-1', 5).map(({ value }) => value)).toEqual(['gm-1', 'gm-10'])
  expect(matching(choices, 'EPIC title', 2).map(({ value }) => value)).toEqual(['gm-10', 'gm-1'])
  expect(matching(choices, 'gm-2', 1).map(({ value }) => value)).toEqual(['gm-2'])
  expect(matching(choices, 'nothing', 5)).toEqual([])
  expect(matching(choices, ' ', 5)).toHaveLength(3)
})

it('offers open beads before done ones, and none that may not be', () => {
  const beads = [makeBead('a', 'A', { status: 'closed' }), makeBead('b', '--help'), makeBead('c', 'C')]
  expect(beadChoices(beads, ({ id }) => id !== 'c').map(({ value, text }) => [value, text])).toEqual([
    ['b', '--help'],
    ['a', 'A'],
  ])
})
