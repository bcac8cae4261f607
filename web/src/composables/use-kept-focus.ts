import { onBeforeUpdate, onUpdated } from 'vue'

/**
 * Keeps the focus where it was when what has it is put elsewhere in `box`, which browsers take for its end: a row of
 * another order. When it is gone, as an answered question or a removed label, the focus goes to what is `next`. Without
 * it a person with a keyboard would begin at the top of the page again.
 */
export function useKeptFocus(
  box: () => HTMLElement | null,
  next: (box: HTMLElement) => HTMLElement | null = () => null,
): void {
  let held: HTMLElement | null = null

  onBeforeUpdate(() => {
    const active = document.activeElement
    held = active instanceof HTMLElement && box()?.contains(active) === true ? active : null
  })
  onUpdated(() => {
    const element = box()
    if (held === null || element === null) return
    const lost = document.activeElement === null || document.activeElement === document.body
    if (!lost) return
    if (element.contains(held)) held.focus({ preventScroll: true })
    else next(element)?.focus()
  })
}
