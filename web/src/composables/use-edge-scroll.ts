import { onScopeDispose } from 'vue'
import { edgeSpeed } from '../domain/edge-speed.ts'

const axes = [
  { from: 'top', to: 'bottom', seen: 'clientHeight', full: 'scrollHeight', at: 'scrollTop', way: 'overflowY' },
  { from: 'left', to: 'right', seen: 'clientWidth', full: 'scrollWidth', at: 'scrollLeft', way: 'overflowX' },
] as const
type Axis = (typeof axes)[number]

/** A frame that came late does not throw the list far. */
const longestMs = 50

/**
 * Scrolls, while something is dragged, the list that it is held over, and what that stands in: each when it is held near
 * an edge. `onScrolled` is told that something else lies under the pointer now.
 */
export function useEdgeScroll(onScrolled: (x: number, y: number) => void) {
  const last = new Map<Axis, Element>()
  let pointer = { x: 0, y: 0 }
  let frame: number | null = null
  let before = 0

  /** The pointer is there now. */
  function follow(x: number, y: number): void {
    pointer = { x, y }
    if (frame !== null) return
    before = performance.now()
    frame = requestAnimationFrame(step)
  }

  function step(now: number): void {
    const seconds = Math.max(0, Math.min(longestMs, now - before)) / 1_000
    before = now
    const moved = axes.map((axis) => scroll(axis, seconds)).some(Boolean)
    frame = requestAnimationFrame(step)
    if (moved) onScrolled(pointer.x, pointer.y)
  }

  /** A list goes on when the pointer leaves it over its edge: a heading, or the rim of the window. */
  function scroll(axis: Axis, seconds: number): boolean {
    const box = scrollerAt(axis, pointer) ?? last.get(axis)
    if (box === undefined || !box.isConnected) return false
    last.set(axis, box)
    const edges = box.getBoundingClientRect()
    const isBeside = axis.at === 'scrollTop' && (pointer.x < edges.left || pointer.x > edges.right)
    const speed = isBeside
      ? 0
      : edgeSpeed(axis.at === 'scrollTop' ? pointer.y : pointer.x, edges[axis.from], edges[axis.to])
    const old = box[axis.at]
    box[axis.at] += Math.sign(speed) * Math.ceil(Math.abs(speed) * seconds)
    return box[axis.at] !== old
  }

  function stop(): void {
    if (frame !== null) cancelAnimationFrame(frame)
    frame = null
    last.clear()
  }

  onScopeDispose(stop)
  return { follow, stop }
}

/** The innermost element under a point that scrolls along an axis. */
function scrollerAt(axis: Axis, { x, y }: { readonly x: number; readonly y: number }): Element | undefined {
  for (let box = document.elementFromPoint(x, y); box !== null; box = box.parentElement) {
    const scrolls = box[axis.full] > box[axis.seen] && /auto|scroll/.test(getComputedStyle(box)[axis.way])
    if (scrolls) return box
  }
  return undefined
}
