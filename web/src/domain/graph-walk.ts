import type { Direction } from './board.ts'

/** The middle of a node, in pixels of the drawing. */
export interface Spot {
  readonly x: number
  readonly y: number
}

/**
 * The node that an arrow key leads to: right along an edge, left against one, up and down within the column, or into the
 * nearest column when its own ends. Where no edge leads, the nearest node in that direction; null where there is none.
 */
export function walkGraph(
  spots: ReadonlyMap<string, Spot>,
  edges: readonly { readonly from: string; readonly to: string }[],
  from: string,
  direction: Direction,
): string | null {
  const start = spots.get(from)
  if (start === undefined) return spots.keys().next().value ?? null
  const here = start
  const across = direction === 'left' || direction === 'right'
  const linked = edges.flatMap((edge) => {
    if (direction === 'right') return edge.from === from ? [edge.to] : []
    return direction === 'left' && edge.to === from ? [edge.from] : []
  })
  const followed = nearest(linked.filter((key) => key !== from))
  if (across && followed !== null) return followed
  const others = [...spots.keys()].filter((key) => key !== from && isThere(key))
  const column = others.filter((key) => !across && Math.abs((spots.get(key)?.x ?? 0) - here.x) < 1)
  return nearest(column) ?? nearest(others)

  function isThere(key: string): boolean {
    const { x, y } = spots.get(key) ?? here
    const [dx, dy] = [x - here.x, y - here.y]
    return { left: dx < -1, right: dx > 1, up: dy < -1, down: dy > 1 }[direction]
  }

  function nearest(keys: readonly string[]): string | null {
    const far = (key: string): number => {
      const spot = spots.get(key)
      return spot === undefined ? Infinity : Math.hypot(spot.x - here.x, spot.y - here.y)
    }
    return [...keys].sort((a, b) => far(a) - far(b))[0] ?? null
  }
}
