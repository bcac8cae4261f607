/** A click anywhere on a bead opens it, but for its controls; people who use a keyboard have the title. */
export function openByClick({ target, currentTarget }: MouseEvent): void {
  if (!(target instanceof Element) || target.closest('a, button, input, label, [role="alert"]') !== null) return
  if (currentTarget instanceof Element) currentTarget.querySelector<HTMLElement>('[data-card]')?.click()
}
