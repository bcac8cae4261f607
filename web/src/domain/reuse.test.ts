import { describe, expect, it } from 'vitest'
import { reuse, type Slot } from './reuse.ts'

interface Item {
  readonly key: string
}

const nothing = (): boolean => false
const items = (keys: string): Item[] => Array.from(keys, (key) => ({ key }))

/** `a0 b1 (c2)`: each key with its element, in parentheses what is spare. */
function told(slots: readonly Slot<Item>[]): string {
  return slots.map(({ slot, item, spare }) => (spare ? `(${item.key}${slot})` : `${item.key}${slot}`)).join(' ')
}

describe('elements of a long list', () => {
  const first = reuse<Item>([], items('abc'), nothing)

  it('are made for what is drawn first', () => {
    expect(told(first)).toBe('a0 b1 c2')
  })

  it('stay with what stays, wherever that goes', () => {
    expect(told(reuse(first, items('cab'), nothing))).toBe('c2 a0 b1')
  })

  it('are written over by what comes, in the order in which they stand', () => {
    expect(told(reuse(first, items('xcb'), nothing))).toBe('x0 c2 b1')
    expect(told(reuse(first, items('xyzu'), nothing))).toBe('x0 y1 z2 u3')
  })

  it('are all written anew where little stays, so that none is moved', () => {
    expect(told(reuse(first, items('cxy'), nothing))).toBe('c0 x1 y2')
    expect(told(reuse(first, items('cxy'), (key) => key === 'c'))).toBe('c2 x0 y1')
  })

  it('are kept aside while there is less to show, and used again', () => {
    const fewer = reuse(first, items('b'), nothing)
    expect(told(fewer)).toBe('b1 (a0) (c2)')
    expect(told(reuse(fewer, items('bx'), nothing))).toBe('b1 x0 (c2)')
    expect(told(reuse(fewer, items('bxyz'), nothing))).toBe('b1 x0 y2 z3')
  })

  it('come back with what they showed as if it were new', () => {
    const none = reuse(first, [], nothing)
    expect(told(none)).toBe('(a0) (b1) (c2)')
    expect(told(reuse(none, items('c'), nothing))).toBe('c0 (b1) (c2)')
  })

  it('go when what they show is held and goes', () => {
    expect(told(reuse(first, items('xyc'), (key) => key === 'b'))).toBe('x0 y2 c3')
  })
})
