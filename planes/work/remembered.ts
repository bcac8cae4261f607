/**
 * A read whose answer stands for a while, shared by all who ask meanwhile; a failure does not. `forget` makes the next
 * one ask again.
 */
export function remembered<T>(lifeMs: number, read: () => Promise<T>): { read(): Promise<T>; forget(): void } {
  let known: Promise<T> | undefined
  let readAt = 0
  return {
    read: () => {
      if (known !== undefined && performance.now() - readAt < lifeMs) return known
      const next = read()
      known = next
      readAt = performance.now()
      next.catch(() => {
        if (known === next) known = undefined
      })
      return next
    },
    forget: () => {
      known = undefined
    },
  }
}
