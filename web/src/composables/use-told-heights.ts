import { onBeforeUnmount } from 'vue'

/** The attribute with the place of an element's item in the list; -1 where it shows none. */
const indexMark = 'data-index'

/**
 * Tells how high the elements of a long list are, before they are painted. To ask when they are drawn would lay the page
 * out at once. `keyOf` names the item at an index: what an element shows now may be as high as what it showed before.
 */
export function useToldHeights(
  keyOf: (index: number) => string | undefined,
  tell: (index: number, height: number) => void,
): (element: unknown) => void {
  const shown = new WeakMap<Element, string>()
  const observer = new ResizeObserver((entries) => {
    for (const { target, borderBoxSize } of entries) {
      const index = indexOf(target)
      const [size] = borderBoxSize
      if (size !== undefined && keyOf(index) !== undefined) tell(index, Math.round(size.blockSize))
    }
  })
  onBeforeUnmount(() => observer.disconnect())

  return (element) => {
    if (!(element instanceof Element)) return
    const key = keyOf(indexOf(element))
    if (key === shown.get(element)) return
    observer.unobserve(element)
    if (key === undefined) return void shown.delete(element)
    shown.set(element, key)
    observer.observe(element, { box: 'border-box' })
  }
}

function indexOf(element: Element): number {
  return Number(element.getAttribute(indexMark))
}
