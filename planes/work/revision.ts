let last = 0

/**
 * A number greater than all before it, in this process and those before it. A reading takes its number before it
 * looks, so that of two the one with the higher number is never the older.
 */
export function nextRevision(): number {
  last = Math.max(last + 1, Date.now() * 1000)
  return last
}
