import { describe, expect, it } from 'vitest'
import { makeBead } from '../../testing/sample.ts'
import { SearchIndex } from '../search/search-index.ts'
import { SearchPlaces } from '../search/search-places.ts'
import type { BeadFilter } from './bead-filter.ts'
import { chipsOf, isFiltering, noFilter, passing, searchText, wordsOf } from './bead-filter.ts'

const beads = [
  makeBead('b-1', 'Mail for visitors', { labels: ['mail', 'd:1', 'milestone:b-9'], type: 'bug', priority: 0 }),
  makeBead('b-2', 'Mail for guides', { assignee: 'Ada', blockedBy: ['b-1'] }),
  makeBead('b-3', 'Doors', { status: 'closed' }),
]

function shown(part: Partial<BeadFilter>): string[] {
  const filter = { ...noFilter, ...part }
  const index = new SearchIndex()
  const places = new SearchPlaces()
  index.put(beads.map((bead) => [places.of(bead.id), searchText(bead)]))
  const words = wordsOf(filter.text)
  const found = words.length === 0 ? null : places.read(index.find(words))
  const numbers = Int32Array.from(beads, ({ id }) => places.of(id))
  return passing(found === null ? beads : found.of(beads, numbers), filter).map((bead) => bead.id)
}

describe('a filter', () => {
  it('finds every word in id, title, assignee or label', () => {
    expect(shown({ text: 'VISITORS  mail' })).toEqual(['b-1'])
    expect(shown({ text: 'b-2' })).toEqual(['b-2'])
    expect(shown({ text: 'ada' })).toEqual(['b-2'])
    expect(shown({ text: 'd:1 mail' })).toEqual(['b-1'])
    expect(shown({ text: 'mail doors' })).toEqual([])
  })

  it('asks nothing of a board that is looked at whole', () => {
    expect(passing(beads, noFilter)).toBe(beads)
  })

  it('wants any of several values of a kind, and all of the labels', () => {
    expect(shown({ type: ['bug', 'task'] })).toEqual(['b-1', 'b-2', 'b-3'])
    expect(shown({ label: ['d:1', 'milestone:b-9'] })).toEqual(['b-1'])
    expect(shown({ label: ['d:1', 'other'] })).toEqual([])
    expect(shown({ state: ['completed'] })).toEqual(['b-3'])
    expect(shown({ priority: [0] })).toEqual(['b-1'])
    expect(shown({ assignee: [''] })).toEqual(['b-1', 'b-3'])
    expect(shown({ standing: 'blocked' })).toEqual(['b-2'])
    expect(shown({ standing: 'ready', type: ['bug'] })).toEqual(['b-1'])
  })

  it('shows each condition, and what is left without it', () => {
    const filter: BeadFilter = { ...noFilter, type: ['bug', 'task'], priority: [0], standing: 'ready', assignee: [''] }
    const chips = chipsOf(filter)
    expect(chips.map((chip) => chip.text)).toEqual([
      ...['Type: bug', 'Type: task', 'Priority: Critical', 'Assignee: nobody', 'ready'],
    ])
    expect(chips[0]?.without.type).toEqual(['task'])
    expect(chips.at(-1)?.without.standing).toBe('')
    expect([isFiltering(filter), isFiltering(noFilter)]).toEqual([true, false])
  })
})
