import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  editedTitle,
  nextChildId,
  prefixOf,
  suggestPrefix,
  unnumbered,
  type NumberedBead,
  type NumberedKind,
} from './numbering.ts'

function bead(id: string, type: string, title: string, parent: string | null = null): NumberedBead {
  return { id, type, title, parent }
}

function suggested(kind: NumberedKind, parent: string | null, beads: readonly NumberedBead[]) {
  return suggestPrefix(
    kind,
    beads.find(({ id }) => id === parent),
    beads,
  )
}

describe('the prefix of a title', () => {
  it.each([
    ['M3: Alpha', 'M3: '],
    ['E2.1: Boot', 'E2.1: '],
    ['BOM-3: Session manifest JSONL ledger', 'BOM-3: '],
    ['Phase 2: Batch-then-bisect merge queue', 'Phase 2: '],
    ['Day 3.6: Polecat closes steps', 'Day 3.6: '],
    ['M03 - Alpha', 'M03 - '],
    ['M3:', 'M3:'],
    ['P-1: Prepare', 'P-1: '],
  ])('of %j is %j', (title, prefix) => {
    expect(prefixOf(title)?.text).toBe(prefix)
    expect(prefix + unnumbered(title)).toBe(title)
  })

  it.each([
    'P0: Refinery patrol leaks wisps',
    'Windows 11: fix the path',
    '[EPIC] Database backups',
    'Pipeline Reliability: Fix work loss',
    '--help',
    'm3: lower',
    'E2.1',
    '',
    '💡💡 M3: x',
  ])('%j has none', (title) => {
    expect(prefixOf(title)).toBeNull()
    expect(unnumbered(title)).toBe(title)
  })
})

describe('a milestone', () => {
  it('gets the next number of a plan that numbers them', () => {
    const beads = [
      bead('a', 'milestone', 'M1: One'),
      bead('b', 'milestone', 'M4: Four'),
      bead('c', 'milestone', 'Free'),
    ]
    expect(suggested('milestone', null, beads)).toEqual({ prefix: 'M5: ', follows: 'plan' })
    const padded = [bead('a', 'milestone', 'M08 - One'), bead('b', 'milestone', 'M09 - Two')]
    expect(suggested('milestone', null, padded)?.prefix).toBe('M10 - ')
  })

  it('is only offered one where the plan does not, and never one in use', () => {
    expect(suggested('milestone', null, [])).toEqual({ prefix: 'M1: ', follows: 'none' })
    const some = ['One', 'Two', 'M4: Four', 'Three'].map((title) => bead(title, 'milestone', title))
    expect(suggested('milestone', null, some)).toEqual({ prefix: 'M5: ', follows: 'none' })
  })
})

describe('an epic', () => {
  const m1 = bead('m1', 'milestone', 'M1: One')
  const m2 = bead('m2', 'milestone', 'M2: Two')

  it('goes on with its siblings', () => {
    const beads = [m1, bead('a', 'epic', 'E1.1: A', 'm1'), bead('b', 'epic', 'E1.2: B', 'm1')]
    expect(suggested('epic', 'm1', beads)).toEqual({ prefix: 'E1.3: ', follows: 'plan' })
  })

  it('begins the scope of its milestone when the plan numbers epics by milestone', () => {
    const beads = [m1, m2, bead('a', 'epic', 'E1.1: A', 'm1')]
    expect(suggested('epic', 'm2', beads)).toEqual({ prefix: 'E2.1: ', follows: 'plan' })
  })

  it('goes on with all epics when the plan numbers them through', () => {
    const beads = [m1, m2, bead('a', 'epic', 'E1: A', 'm1'), bead('b', 'epic', 'E2: B', 'm2')]
    expect(suggested('epic', 'm1', beads)).toEqual({ prefix: 'E3: ', follows: 'plan' })
  })

  it('is only offered one where the plan numbers none', () => {
    const plain = bead('m', 'milestone', 'The gallery opens')
    expect(suggested('epic', 'm1', [m1])).toEqual({ prefix: 'E1.1: ', follows: 'none' })
    expect(suggested('epic', 'm', [plain, bead('a', 'epic', 'Booking', 'm')])).toEqual({
      prefix: 'E2: ',
      follows: 'none',
    })
    expect(suggested('epic', null, [])).toEqual({ prefix: 'E1: ', follows: 'none' })
  })
})

describe('work', () => {
  const epic = bead('e', 'epic', 'E2.1: Beads-only mode')

  it('goes on with its siblings', () => {
    const beads = [epic, bead('a', 'task', 'BOM-1: A', 'e'), bead('b', 'bug', 'BOM-2: B', 'e')]
    expect(suggested('work', 'e', beads)).toEqual({ prefix: 'BOM-3: ', follows: 'plan' })
  })

  it('begins the scope of its epic when the plan numbers work by epic', () => {
    const other = bead('f', 'epic', 'E2.2: Other')
    const beads = [epic, other, bead('a', 'task', 'T2.2.1: A', 'f')]
    expect(suggested('work', 'e', beads)).toEqual({ prefix: 'T2.1.1: ', follows: 'plan' })
  })

  it('is only offered one of its epic where the plan numbers none', () => {
    expect(suggested('work', 'e', [epic])).toEqual({ prefix: 'E2.1.1: ', follows: 'none' })
    const plain = bead('p', 'epic', 'Beads-only mode')
    expect(suggested('work', 'p', [plain, bead('a', 'task', 'A', 'p')])).toEqual({ prefix: 'BOM-2: ', follows: 'none' })
    expect(suggested('work', 'x', [bead('x', 'epic', '💡')])).toEqual({ prefix: 'T-1: ', follows: 'none' })
  })

  it('that belongs to nothing is offered nothing', () => {
    expect(suggested('work', null, [bead('a', 'task', 'T1: A')])).toBeNull()
  })
})

it('a child gets the number after the highest that is there', () => {
  const ids = ['gm-1.1', 'gm-1.9', 'gm-1.10', 'gm-1.2.4', 'gm-1.x', 'gm-10.44', 'gm-1'].map((id) => ({ id }))
  expect(nextChildId('gm-1', ids)).toBe('gm-1.11')
  expect(nextChildId('gm-2', ids)).toBe('gm-2.1')
})

describe('an edited title', () => {
  it('keeps its prefix, until another is written or it is given up', () => {
    expect(editedTitle('M3: Old', 'New', true)).toBe('M3: New')
    expect(editedTitle('M3: Old', 'M4: New', true)).toBe('M4: New')
    expect(editedTitle('M3: Old', 'New', false)).toBe('New')
    expect(editedTitle('Old', 'New', true)).toBe('New')
  })
})

describe('whatever the plan', () => {
  const title = fc.oneof(
    fc.constantFrom(
      'M1: One',
      'M2: Two',
      'M09 - Nine',
      'E1: A',
      'E1.1: A',
      'E2.3: B',
      'BOM-3: C',
      'Phase 2: D',
      'P1: x',
      'P',
      'P-1: E',
      'M9999: Last',
      'E1.2.3.4.5: Deepest',
    ),
    fc.string({ maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 500 }),
  )
  const type = fc.constantFrom('milestone', 'epic', 'decision', 'task', 'bug')
  const plan = fc
    .array(fc.record({ title, type, parent: fc.option(fc.nat({ max: 30 })) }), { maxLength: 30 })
    .map((rows) =>
      rows.map((row, at) => bead(`b${at}`, row.type, row.title, row.parent === null ? null : `b${row.parent}`)),
    )
  const kind = fc.constantFrom<NumberedKind>('milestone', 'epic', 'decision', 'work')

  it('a suggestion is a prefix by itself, and one that no title has', () => {
    fc.assert(
      fc.property(plan, kind, fc.nat({ max: 35 }), (beads, wanted, parent) => {
        const { prefix } = suggested(wanted, `b${parent}`, beads) ?? {}
        if (prefix === undefined) return
        const read = prefixOf(`${prefix}x`)
        expect(read?.text).toBe(prefix)
        const name = prefix.replace(/(:| [-–—]) $/, '')
        for (const { title: other } of beads) {
          const own = prefixOf(other)
          if (own !== null) expect(`${own.word}${own.joiner}${own.numbers.join('.')}`).not.toBe(name)
        }
      }),
    )
  })

  it('prefix and rest are the title, and an edit that changes nothing changes nothing', () => {
    fc.assert(
      fc.property(title, (text) => {
        expect((prefixOf(text)?.text ?? '') + unnumbered(text)).toBe(text)
        if (prefixOf(unnumbered(text)) === null) expect(editedTitle(text, unnumbered(text), true)).toBe(text)
      }),
    )
  })
})
