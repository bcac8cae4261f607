import { describe, expect, it } from 'vitest'
import { hashId, hashLength } from './ids.ts'

const seed = { title: 'Fix login', description: 'Details', creator: 'Ada', nanoseconds: 1_704_067_200_000_000_000n }
const usual = { minHashLength: 3, maxHashLength: 8, maxCollision: 0.25 }

describe('ids', () => {
  it('agree with those that bd makes', () => {
    const known = {
      title: 'Fix login',
      description: 'Details',
      creator: 'jira-import',
      nanoseconds: BigInt(Date.UTC(2024, 0, 2, 3, 4, 5, 6)) * 1_000_000n,
    }
    expect(hashId('bd', known, 3, 0)).toBe('bd-vju')
    expect(hashId('bd', known, 6, 0)).toBe('bd-8bi3tk')
  })

  it('have the asked length and change with the nonce', () => {
    for (const length of [3, 4, 5, 6, 7, 8]) expect(hashId('gm', seed, length, 0)).toMatch(/^gm-[0-9a-z]+$/)
    expect([3, 4, 5, 6, 7, 8].map((length) => hashId('gm', seed, length, 1).length)).toEqual([6, 7, 8, 9, 10, 11])
    expect(hashId('gm', seed, 6, 0)).not.toBe(hashId('gm', seed, 6, 1))
  })

  it('grow with the number of beads', () => {
    expect([0, 150, 200, 900, 1_200, 5_500, 7_000].map((count) => hashLength(count, usual))).toEqual([
      3, 3, 4, 4, 5, 5, 6,
    ])
    expect(hashLength(0, { ...usual, minHashLength: 5 })).toBe(5)
    expect(hashLength(10 ** 9, { ...usual, maxHashLength: 7 })).toBe(7)
  })
})
