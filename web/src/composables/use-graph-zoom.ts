import type { Ref } from 'vue'
import { nextTick, onScopeDispose, ref } from 'vue'
import { useCommands } from '../commands/registry.ts'

const least = 0.2
const most = 2
const step = 1.25

/** Zoom and drag of a drawing in a box that scrolls. `size` is that of the drawing, in pixels. */
export function useGraphZoom(box: () => HTMLElement | null, size: () => { width: number; height: number }) {
  const zoom = ref(1)
  const dragging: Ref<boolean> = ref(false)

  /** What is in the middle of the box stays there. */
  function zoomTo(wanted: number): void {
    const element = box()
    const before = zoom.value
    zoom.value = Math.min(most, Math.max(least, wanted))
    if (element === null) return
    const ratio = zoom.value / before
    const left = (element.scrollLeft + element.clientWidth / 2) * ratio - element.clientWidth / 2
    const top = (element.scrollTop + element.clientHeight / 2) * ratio - element.clientHeight / 2
    void nextTick(() => element.scrollTo({ left, top, behavior: 'instant' }))
  }

  /** As large as the whole fits, at most as it is; not below `atLeast`. */
  function fit(atLeast = least): void {
    const element = box()
    const { width, height } = size()
    if (element === null || width === 0 || height === 0) return
    zoomTo(Math.max(atLeast, Math.min(1, element.clientWidth / width, element.clientHeight / height)))
  }

  /** Ctrl with the wheel zooms, as pinching does; the wheel alone scrolls. */
  function onWheel(event: WheelEvent): void {
    if (!event.ctrlKey) return
    event.preventDefault()
    zoomTo(zoom.value * (event.deltaY < 0 ? 1.1 : 1 / 1.1))
  }

  let stop: AbortController | null = null

  /** Fingers scroll by themselves; only the mouse drags. */
  function onPointerdown(event: PointerEvent): void {
    const element = box()
    if (element === null || event.pointerType !== 'mouse' || event.button !== 0) return
    if (event.target instanceof Element && event.target.closest('a, button') !== null) return
    event.preventDefault()
    stop?.abort()
    stop = new AbortController()
    const { signal } = stop
    const start = { x: event.clientX + element.scrollLeft, y: event.clientY + element.scrollTop }
    dragging.value = true
    const move = (to: PointerEvent): void =>
      element.scrollTo({ left: start.x - to.clientX, top: start.y - to.clientY, behavior: 'instant' })
    addEventListener('pointermove', move, { signal })
    for (const end of ['pointerup', 'pointercancel'] as const) addEventListener(end, endDrag, { signal })
  }

  function endDrag(): void {
    dragging.value = false
    stop?.abort()
  }

  onScopeDispose(endDrag)
  const zoomIn = (): void => zoomTo(zoom.value * step)
  const zoomOut = (): void => zoomTo(zoom.value / step)
  useCommands({ 'graph.zoom-in': zoomIn, 'graph.zoom-out': zoomOut, 'graph.fit': () => fit() })

  return { zoom, dragging, zoomIn, zoomOut, fit, onWheel, onPointerdown }
}
