import { describe, expect, it } from 'vitest'
import { makeEntry, sampleHistory } from '../../testing/sample-history.ts'
import { sampleTime } from '../../testing/sample.ts'
import { addressOf, clockTime, daysOf, renewedWith, sentenceFor, withAppended, withOlder } from './history.ts'

const entries = [5, 4, 3, 2, 1].map((number) => makeEntry(number))
const idsOf = ({ items }: { items: readonly { event_id: string }[] }) =>
  items.map(({ event_id: id }) => Number(id.slice(4)))
const page = (from: number, to: number, cursor: string | null) => ({
  items: entries.slice(from, to),
  warnings: [],
  cursor,
})

describe('an entry', () => {
  it('says "You" to who did it, and a name to others', () => {
    expect(sentenceFor(makeEntry(1), 'mira')).toMatch(/^You moved "A calendar/)
    expect(sentenceFor(makeEntry(1), 'jon')).toMatch(/^mira moved "A calendar/)
    expect(sentenceFor(makeEntry(1, { actor: '' }), 'jon')).toMatch(/^Somebody moved/)
  })

  it('has a time of day with AM or PM', () => {
    expect(clockTime(new Date(2026, 4, 3, 11, 0).toISOString())).toBe('11:00 AM')
    expect(clockTime(new Date(2026, 4, 3, 13, 5).toISOString())).toBe('1:05 PM')
  })

  it('leads to its bead, whatever its id is made of; a source leads nowhere', () => {
    expect(addressOf(makeEntry(1, { entity: { type: 'bead', id: 'a/../b?c', title: '' } }))).toBe(
      '/board/a%2F..%2Fb%3Fc',
    )
    expect(addressOf(makeEntry(1, { entity: { type: 'source', id: 'url', title: '' } }))).toBe(null)
  })
})

describe('the history', () => {
  it('is told by days', () => {
    expect(daysOf(sampleHistory, sampleTime).map(({ title, entries }) => [title, entries.length])).toEqual([
      ['Today', 2],
      ['Yesterday', 1],
      ['3 May 2026', 2],
    ])
  })

  it('takes what is appended in front, in its order, each once', () => {
    const next = [makeEntry(5), makeEntry(6), makeEntry(7), makeEntry(7)]
    expect(idsOf(withAppended(page(0, 3, '9'), next))).toEqual([7, 6, 5, 4, 3])
  })

  it('takes what was before behind, each once', () => {
    expect(withOlder(page(0, 3, '9'), page(2, 5, null))).toMatchObject({ cursor: null })
    expect(idsOf(withOlder(page(0, 3, '9'), page(2, 5, null)))).toEqual([5, 4, 3, 2, 1])
  })

  it('keeps what it held when it is read anew and reaches back to it, and forgets it otherwise', () => {
    const read = { items: [makeEntry(6), ...entries.slice(0, 1)], warnings: [], cursor: '9' }
    expect(renewedWith(page(0, 5, '4'), read).cursor).toBe('4')
    expect(idsOf(renewedWith(page(0, 5, '4'), read))).toEqual([6, 5, 4, 3, 2, 1])
    expect(idsOf(renewedWith(page(2, 5, '4'), read))).toEqual([6, 5])
    expect(idsOf(renewedWith(page(0, 5, null), { items: [], warnings: [], cursor: null }))).toEqual([])
  })
})
