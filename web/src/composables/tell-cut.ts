/** Has what the pointer is over, and is cut because there is no room for it, say the whole of it in its title. */
export function tellCut({ target }: Event): void {
  const cut = target instanceof Element ? target.closest<HTMLElement>('[data-cut]') : null
  if (cut === null) return
  if (cut.scrollWidth > cut.clientWidth || cut.scrollHeight > cut.clientHeight) cut.title = cut.textContent ?? ''
  else cut.removeAttribute('title')
}
