import { onBeforeUpdate, onUpdated } from 'vue'

/**
 * Keeps the focus near where it was when what had it is gone from `box`: an answered question, a removed label. Without
 * it a person with a keyboard would begin at the top of the page again.
 */
export function useKeptFocus(box: () => HTMLElement | null, next: (box: HTMLElement) => HTMLElement | null): void {
  let held = false

  onBeforeUpdate(() => {
    held = box()?.contains(document.activeElement) === true
  })
  onUpdated(() => {
    const element = box()
    if (!held || element === null) return
    const lost = document.activeElement === null || document.activeElement === document.body
    if (lost) next(element)?.focus()
  })
}
