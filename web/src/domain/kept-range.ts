interface Range {
  readonly startIndex: number
  readonly endIndex: number
  readonly overscan: number
  readonly count: number
}

/** Indices of what a long list draws: what is seen and a little around it, and `kept`, wherever these stand. */
export function keptIn({ startIndex, endIndex, overscan, count }: Range, kept: readonly number[]): number[] {
  const from = Math.max(0, startIndex - overscan)
  const to = Math.min(count - 1, endIndex + overscan)
  const seen = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
  const others = kept.filter((index) => index >= 0 && index < count && (index < from || index > to))
  return [...new Set([...seen, ...others])].sort((a, b) => a - b)
}
