import { onBeforeUnmount } from 'vue'

/** The attribute with the place of an element's item in the list; -1 where it shows none. */
const indexMark = 'data-index'

/**
 * Tells how high the elements of a long list are, before they are painted. To ask when they are drawn would lay the page
 * out at once. What it returns is told of an element each time it shows something else, with the key of that, null when
 * it shows nothing: what it shows now may be as high as what it showed before.
 */
export function useToldHeights(
  tell: (index: number, height: number) => void,
): (element: Element, key: string | null) => void {
  const shown = new WeakMap<Element, string>()
  /** What has been told since the last look, which comes after all is drawn: it is too slow to be done for each. */
  const told = new Map<Element, string | null>()
  const observer = new ResizeObserver((entries) => {
    for (const { target, borderBoxSize } of entries) {
      // Taken away with what it showed: what stands at its place now is another one.
      if (!target.isConnected) {
        observer.unobserve(target)
        continue
      }
      const index = Number(target.getAttribute(indexMark))
      const [size] = borderBoxSize
      if (size !== undefined && index >= 0) tell(index, Math.round(size.blockSize))
    }
  })
  onBeforeUnmount(() => {
    told.clear()
    observer.disconnect()
  })

  function look(): void {
    for (const [element, key] of told) {
      if (key === (shown.get(element) ?? null)) continue
      observer.unobserve(element)
      if (key === null) shown.delete(element)
      else {
        shown.set(element, key)
        observer.observe(element, { box: 'border-box' })
      }
    }
    told.clear()
  }

  return (element, key) => {
    if (told.size === 0) void Promise.resolve().then(look)
    told.set(element, key)
  }
}
