const tails = new Map<string, Promise<unknown>>()

/** Runs `work` after all earlier work of this process under the same key, so that equal keys never overlap. */
export function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = tails.get(key) ?? Promise.resolve()
  const mine = before.then(work, work)
  tails.set(key, mine)
  const clear = () => {
    if (tails.get(key) === mine) tails.delete(key)
  }
  mine.then(clear, clear)
  return mine
}
