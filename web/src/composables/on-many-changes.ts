import { watch } from 'vue'

/** A change of a few rows draws few, and shall move none of the others. */
const manyRows = 20

/** Runs before anything is drawn, each time that many rows have come or gone, as when something is typed into a filter. */
export function onManyChanges(count: () => number, run: () => void): void {
  watch(count, (now, before) => Math.abs(now - before) >= manyRows && run(), { flush: 'sync' })
}
