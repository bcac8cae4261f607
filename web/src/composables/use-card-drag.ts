import { onScopeDispose, ref, shallowRef } from 'vue'
import { useEdgeScroll } from './use-edge-scroll.ts'

const thresholdPx = 6

interface Drag {
  readonly bead: string
  readonly card: HTMLElement
  readonly from: { readonly x: number; readonly y: number }
  ghost: HTMLElement | null
}

/**
 * Drags cards with mouse or pen; touch scrolls, and uses the menu instead. A place to drop at is any element with the
 * attribute `mark`, whose value names it. Lists scroll while a card is held at their edge. Escape ends a drag without a
 * move.
 */
export function useCardDrag<Place extends string>(mark: string, drop: (bead: string, place: Place) => void) {
  const dragged = ref<string | null>(null)
  const over = shallowRef<Place | null>(null)
  let drag: Drag | null = null
  const { follow, stop } = useEdgeScroll(look)

  function begin(event: PointerEvent, bead: string): void {
    const card = event.currentTarget
    if (event.button !== 0 || event.pointerType === 'touch' || !(card instanceof HTMLElement)) return
    if (event.target instanceof Element && event.target.closest('button') !== null) return
    drag = { bead, card, from: { x: event.clientX, y: event.clientY }, ghost: null }
    document.addEventListener('pointermove', onMove)
    document.addEventListener('pointerup', onUp)
    document.addEventListener('pointercancel', cancel)
    document.addEventListener('keydown', onKey, true)
  }

  function onMove(event: PointerEvent): void {
    if (drag === null) return
    const dx = event.clientX - drag.from.x
    const dy = event.clientY - drag.from.y
    if (drag.ghost === null) {
      if (Math.hypot(dx, dy) < thresholdPx) return
      drag.ghost = lift(drag.card)
      dragged.value = drag.bead
      document.getSelection()?.removeAllRanges()
    }
    event.preventDefault()
    drag.ghost.style.translate = `${dx}px ${dy}px`
    look(event.clientX, event.clientY)
    follow(event.clientX, event.clientY)
  }

  function look(x: number, y: number): void {
    over.value = placeAt(mark, x, y) as Place | null
  }

  function onUp(): void {
    const done = drag
    const place = over.value
    const moved = done?.ghost != null
    cancel()
    if (!moved || done === null) return
    swallowClick(done.card)
    if (place !== null) drop(done.bead, place)
  }

  function onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    cancel()
  }

  function cancel(): void {
    stop()
    drag?.ghost?.remove()
    drag = null
    dragged.value = null
    over.value = null
    document.removeEventListener('pointermove', onMove)
    document.removeEventListener('pointerup', onUp)
    document.removeEventListener('pointercancel', cancel)
    document.removeEventListener('keydown', onKey, true)
  }

  onScopeDispose(cancel)
  return { dragged, over, begin }
}

/** A copy of the card that follows the pointer. */
function lift(card: HTMLElement): HTMLElement {
  const box = card.getBoundingClientRect()
  const ghost = card.cloneNode(true) as HTMLElement
  ghost.classList.add('card-ghost')
  ghost.setAttribute('aria-hidden', 'true')
  ghost.inert = true
  Object.assign(ghost.style, {
    position: 'fixed',
    left: `${box.left}px`,
    top: `${box.top}px`,
    width: `${box.width}px`,
    height: `${box.height}px`,
    transform: 'none',
  })
  document.body.append(ghost)
  return ghost
}

function placeAt(mark: string, x: number, y: number): string | null {
  return document.elementFromPoint(x, y)?.closest(`[${mark}]`)?.getAttribute(mark) ?? null
}

/** The click that ends a drag opens nothing. */
function swallowClick(card: HTMLElement): void {
  const swallow = (event: Event): void => {
    event.preventDefault()
    event.stopPropagation()
  }
  card.addEventListener('click', swallow, { capture: true, once: true })
  setTimeout(() => card.removeEventListener('click', swallow, { capture: true }), 0)
}
