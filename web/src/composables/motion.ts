/** How the page may scroll: smoothly, unless the person asked for less motion. */
export function scrollingOf(): ScrollBehavior {
  return matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth'
}
