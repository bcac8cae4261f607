import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { useSelection } from './selection.ts'

const list = ['a', 'b', 'c', 'd', 'e']

describe('the selection', () => {
  beforeEach(() => setActivePinia(createPinia()))

  it('takes single beads, and ranges from the last one, in both directions', () => {
    const selection = useSelection()
    selection.toggle('c')
    selection.extend('e', list)
    expect([...selection.ids].sort()).toEqual(['c', 'd', 'e'])
    selection.toggle('d')
    selection.extend('b', list)
    expect([...selection.ids].sort()).toEqual(['b', 'c', 'd', 'e'])
    selection.toggle('e')
    expect(selection.has('e')).toBe(false)
  })

  it('begins a range where nothing was picked, or what was is no longer shown', () => {
    const selection = useSelection()
    selection.extend('b', list)
    expect([...selection.ids]).toEqual(['b'])
    selection.extend('d', ['c', 'd'])
    expect([...selection.ids].sort()).toEqual(['b', 'd'])
  })

  it('drops what went, and ends', () => {
    const selection = useSelection()
    selection.replace(list)
    selection.keep((id) => id !== 'a')
    expect(selection.count).toBe(4)
    selection.clear()
    expect(selection.count).toBe(0)
  })
})
