/** What the attribute `mark` says of the part of `box` that the focus is in; null where it is elsewhere. */
export function heldBy(box: HTMLElement | null, mark: string): string | null {
  const active = document.activeElement
  if (active === null || box?.contains(active) !== true) return null
  return active.closest(`[${mark}]`)?.getAttribute(mark) ?? null
}
