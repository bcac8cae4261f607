import { expect, it } from 'vitest'
import { boundedSnapshot } from './bounded-snapshot.ts'

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

it('leaves alone what fits', () => {
  const snapshot = { view: { title: 'short' }, state: { text: 'x'.repeat(50_000) } }
  expect(boundedSnapshot(snapshot)).toEqual(snapshot)
})

it.each(['x', 'é', '😀', '\u0001'])(
  'cuts the longest texts (of %j) until all fits, and keeps the short ones',
  (one) => {
    const texts = Array.from({ length: 4 }, () => one.repeat(65_535 / Buffer.byteLength(one)))
    const state = { id: 's1', brief: { title: 'Kept as it is', texts }, cursor: 7 }
    const bounded = boundedSnapshot({ view: {}, state }).state
    expect(bytes(bounded)).toBeLessThanOrEqual(60_000)
    expect(bounded).toMatchObject({ id: 's1', brief: { title: 'Kept as it is' }, cursor: 7 })
    expect(JSON.stringify(bounded)).not.toMatch(/\\ud[89a-f]/i)
  },
)
