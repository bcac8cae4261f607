import type { Bench } from './bench-scope.ts'

export type Quantile = 'p50' | 'p95' | 'p99'

/** What a quantile should not exceed, in the finding's unit. */
export interface Aim {
  readonly at: Quantile
  readonly most: number
}

/** One line of the table: a series of samples, or a single value. */
export interface Finding {
  readonly what: string
  readonly unit: 'ms' | 'kB' | 'MB' | '% of a core' | 'count'
  readonly samples: readonly number[]
  readonly aims?: readonly Aim[]
  /** The median of something else that does the same, to show how many times slower that is. */
  readonly against?: { readonly what: string; readonly median: number }
  readonly note?: string
}

/** One thing that is measured, on a system of its own. */
export interface Measure {
  readonly name: string
  readonly title: string
  /** How long it may take, where that is more than usual. */
  readonly limitMs?: number
  /** `bench` releases whatever the run acquires from it. */
  run(bench: Bench): Promise<readonly Finding[]>
}

/** What became of one measure. */
export interface Outcome {
  readonly name: string
  readonly title: string
  readonly findings: readonly Finding[]
  /** Why it could not be measured; null when it could. */
  readonly failure: string | null
  readonly seconds: number
  /** Load of the machine over the last minute when it began and when it ended. */
  readonly load: readonly [number, number]
}

/** Milliseconds since 1970 with fractions: comparable between the processes of one machine. */
export function clock(): number {
  return performance.timeOrigin + performance.now()
}

/** By nearest rank; NaN without samples. */
export function quantile(samples: readonly number[], at: Quantile): number {
  const sorted = samples.toSorted((one, other) => one - other)
  const rank = Math.ceil((Number(at.slice(1)) / 100) * sorted.length)
  return sorted[Math.max(0, rank - 1)] ?? NaN
}

/** Runs `once` and returns how many milliseconds it took. */
export async function timed(once: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await once()
  return performance.now() - begun
}

/** Runs `once` again and again, one after the other, and returns the milliseconds of each. */
export async function repeated(times: number, once: (turn: number) => Promise<unknown>): Promise<number[]> {
  const samples: number[] = []
  for (let turn = 0; turn < times; turn += 1) samples.push(await timed(() => once(turn)))
  return samples
}
