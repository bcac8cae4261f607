const zonePx = 56
const fastest = 1_100

/**
 * How fast a list is to scroll, in pixels a second, while something is held at `at` in a list that is seen between
 * `from` and `to`: the faster the nearer to an edge, and beyond it at full speed. Below zero it goes back.
 */
export function edgeSpeed(at: number, from: number, to: number): number {
  const zone = Math.min(zonePx, (to - from) / 3)
  const shareBefore = (from + zone - at) / zone
  const shareAfter = (at - to + zone) / zone
  if (shareBefore > 0) return -fastest * Math.min(1, shareBefore)
  return shareAfter > 0 ? fastest * Math.min(1, shareAfter) : 0
}
