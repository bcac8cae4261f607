import { onMounted, shallowRef, watch, watchEffect } from 'vue'
import { Face } from '../components/ui/face.ts'

/**
 * Has `write` write the parts of `root`, and again whenever what it reads changes. A component that is drawn by the dozen
 * with each key leaves to its template what is seldom otherwise, and writes the rest: that takes a fraction of the time.
 * `shape` reads what decides which parts the template has.
 */
export function useFace(root: () => Element | null, shape: () => unknown, write: (face: Face) => void): void {
  const face = shallowRef<Face | null>(null)
  const look = (): void => {
    const element = root()
    face.value = element === null ? null : new Face(element)
  }
  onMounted(look)
  // The template finds its elements where it left them, and nothing is written until it is done with them.
  watch(shape, () => {
    face.value?.restore()
    face.value = null
  })
  watch(shape, look, { flush: 'post' })
  watchEffect(() => face.value !== null && write(face.value))
}
