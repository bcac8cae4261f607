import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical, canonicalPath, digestOf } from './canonical.ts'

describe('the canonical body', () => {
  it('orders fields by their names and drops white space', () => {
    expect(canonical({ b: [1, { d: null, c: '\u20ac' }], a: -0, A: 1e21 })).toBe(
      '{"A":1e+21,"a":0,"b":[1,{"c":"€","d":null}]}',
    )
  })

  it('reads back as what it was, and does not depend on the order of fields', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = canonical(value)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(canonical(reversed(value))).toBe(text)
      }),
    )
  })

  it('tells no body from an empty one, but not from null', () => {
    expect(digestOf(undefined)).toBe(digestOf(null))
    expect(digestOf(undefined)).not.toBe(digestOf({}))
  })
})

describe('the canonical path', () => {
  it('has one encoding', () => {
    expect(canonicalPath('/api/v1/beads/%67m-1?x=1')).toBe('/api/v1/beads/gm-1')
    expect(canonicalPath('/api/v1/escalations/escalation%2fa%2Fb/answer')).toBe(
      '/api/v1/escalations/escalation%2Fa%2Fb/answer',
    )
    expect(() => canonicalPath('/api/v1/%zz')).toThrow('not well encoded')
  })
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, field]) => [name, reversed(field)]),
  )
}
