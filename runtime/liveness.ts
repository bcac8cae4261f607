/** A moment on two clocks, in milliseconds: one that only runs on, and the one on the wall, which also counts sleep. */
export interface Moment {
  readonly running: number
  readonly wall: number
}

/** The moment that it is. */
export function thisMoment(): Moment {
  return { running: performance.now(), wall: Date.now() }
}

/** A look that comes later than this after the one before: the machine slept, or this process stood still. */
const gapMs = 15_000
/** After such a gap nobody is judged for so long: the others stood still too. */
const graceMs = 30_000

/** Milliseconds between two looks, for a limit of silence. */
export function lookEveryMs(hungAfterMs: number): number {
  return Math.min(5_000, Math.max(100, Math.floor(hungAfterMs / 4)))
}

/**
 * Whether one process still answers. It is asked at each look and silent from its last answer on; a leap of the wall
 * clock, forward or back, never counts as silence.
 */
export class Liveness {
  readonly #ask: () => void
  readonly #hungAfterMs: number
  #last: Moment
  #answered: number
  #sparedUntil = 0

  constructor(ask: () => void, hungAfterMs: number, now: Moment) {
    this.#ask = ask
    this.#hungAfterMs = hungAfterMs
    this.#last = now
    this.#answered = now.running
  }

  /** Tells that it has answered. */
  answered(now: Moment): void {
    this.#answered = now.running
  }

  /** Asks again. Returns for how long it has been silent when that is longer than the limit, else undefined. */
  look(now: Moment): number | undefined {
    const gap = Math.max(now.running - this.#last.running, now.wall - this.#last.wall)
    if (gap > gapMs) this.#sparedUntil = now.running + graceMs
    this.#last = now
    this.#ask()
    const silentMs = now.running - this.#answered
    return silentMs > this.#hungAfterMs && now.running >= this.#sparedUntil ? silentMs : undefined
  }
}
