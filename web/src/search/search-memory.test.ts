import { describe, expect, it } from 'vitest'
import { SearchIndex } from './search-index.ts'
import { SearchMemory } from './search-memory.ts'

const texts = ['mend the door', 'door mender', 'mail for the door', 'more mail', 'a mole', '']
const entries = texts.map((text, place) => [place, text] as const)

function made(): { index: SearchIndex; memory: SearchMemory } {
  const index = new SearchIndex()
  const memory = new SearchMemory()
  index.put(entries)
  memory.put(entries, true)
  return { index, memory }
}

const places = (found: Uint8Array | null): number[] | null =>
  found === null ? null : [...found.entries()].flatMap(([place, is]) => (is === 1 ? [place] : []))

describe('what was found before', () => {
  it('answers as the index would, whatever was asked', () => {
    const { index, memory } = made()
    const asked = ['m', 'me', 'mend', 'mend d', 'mend', 'm', 'o', 'mo', 'mo l', 'door m', 'm door', 'x', 'xy']
    for (const words of asked.map((text) => text.split(' '))) {
      const wanted = places(index.find(words))
      const known = memory.recall(words)
      if (known === null) memory.remember(words, index.find(words))
      else expect({ words, found: places(known) }).toEqual({ words, found: wanted })
    }
    expect(['m', 'mend', 'mo l', 'xy'].map((text) => memory.recall(text.split(' ')) !== null)).not.toContain(false)
  })

  it('tells nothing of what does not follow from it', () => {
    const { index, memory } = made()
    expect(memory.recall(['m'])).toBeNull()
    memory.remember(['mend'], index.find(['mend']))
    expect(memory.recall(['me'])).toBeNull()
    expect(memory.recall(['door'])).toBeNull()
    expect(places(memory.recall(['mend', 'the']))).toEqual([0])
  })

  it('is forgotten with any change, and what changed is looked at as it is now', () => {
    const { index, memory } = made()
    memory.remember(['mail'], index.find(['mail']))
    memory.put([[0, 'mail by the door']], false)
    expect(memory.recall(['mail'])).toBeNull()
    index.put([[0, 'mail by the door']])
    memory.remember(['mail'], index.find(['mail']))
    expect(places(memory.recall(['mail', 'door']))).toEqual([0, 2])
    memory.put([[2, null]], false)
    memory.remember(['door'], new Uint8Array([1, 1, 1, 0, 0, 0]))
    expect(places(memory.recall(['door', 'm']))).toEqual([0, 1])
  })

  it('is left to the index where too many would have to be looked at, unless the same is asked', () => {
    const memory = new SearchMemory()
    const many = Array.from({ length: 3_001 }, (_, place) => [place, `bead ${place}`] as const)
    memory.put(many, true)
    const found = new Uint8Array(many.length).fill(1)
    memory.remember(['bead'], found)
    expect(memory.recall(['bead'])).toBe(found)
    expect(memory.recall(['bead', '7'])).toBeNull()
    memory.remember(['ad'], found.with(0, 0))
    expect(places(memory.recall(['ad', '300']))).toEqual([300, 1300, 2300, 3000])
  })
})
