import { describe, expect, it } from 'vitest'
import { Liveness, lookEveryMs, type Moment } from './liveness.ts'

const limit = 20_000

/** A made-up day: both clocks run on together, unless a test lets one leap. */
function day(): { liveness: Liveness; asked: () => number; pass: (running: number, wall?: number) => Moment } {
  let now: Moment = { running: 1_000, wall: 1_700_000_000_000 }
  let asked = 0
  const liveness = new Liveness(() => (asked += 1), limit, now)
  return {
    liveness,
    asked: () => asked,
    pass: (running, wall = running) => (now = { running: now.running + running, wall: now.wall + wall }),
  }
}

describe('liveness', () => {
  it('asks at each look, and says nothing while answers come', () => {
    const { liveness, asked, pass } = day()
    for (let look = 1; look <= 20; look += 1) {
      expect(liveness.look(pass(5_000))).toBeUndefined()
      liveness.answered(pass(3))
      expect(asked()).toBe(look)
    }
  })

  it('counts silence from the last answer', () => {
    const { liveness, pass } = day()
    liveness.answered(pass(1_000))
    for (let look = 0; look < 4; look += 1) expect(liveness.look(pass(5_000))).toBeUndefined()
    expect(liveness.look(pass(5_000))).toBe(25_000)
  })

  it.each([
    ['the machine slept', 100, 3_600_000],
    ['this process stood still', 3_600_000, 3_600_000],
    ['the wall clock was put forward', 5_000, 86_400_000],
  ])('%s: nobody is judged for 30 s, then as ever', (_, running, wall) => {
    const { liveness, pass } = day()
    expect(liveness.look(pass(5_000))).toBeUndefined()
    expect(liveness.look(pass(running, wall))).toBeUndefined()
    for (let look = 0; look < 5; look += 1) expect(liveness.look(pass(5_000))).toBeUndefined()
    expect(liveness.look(pass(5_000))).toBeGreaterThan(limit)
  })

  it('an answer within the grace is as good as ever', () => {
    const { liveness, pass } = day()
    liveness.look(pass(3_600_000))
    liveness.answered(pass(10_000))
    for (let look = 0; look < 4; look += 1) expect(liveness.look(pass(5_000))).toBeUndefined()
  })

  it('a wall clock that is put back neither judges nor spares', () => {
    const { liveness, pass } = day()
    expect(liveness.look(pass(5_000, -86_400_000))).toBeUndefined()
    for (let look = 0; look < 3; look += 1) expect(liveness.look(pass(5_000))).toBeUndefined()
    expect(liveness.look(pass(5_000))).toBe(25_000)
  })

  it('looks often enough for its limit, and never more than ten times a second', () => {
    expect([100, 2_000, 20_000, 600_000].map(lookEveryMs)).toEqual([100, 500, 5_000, 5_000])
  })
})
