import { watch } from 'vue'
import type { BeadSummary } from '../../../model/bead.ts'
import { useBeads } from '../stores/beads.ts'

/** Runs something once, as soon as a bead is as awaited; not tied to any component. */
export function useWhenBead() {
  const beads = useBeads()
  return function whenBead(id: string, is: (bead: BeadSummary) => boolean, run: () => Promise<void>): void {
    const release = watch(
      () => {
        const bead = beads.held.get(id)
        return bead === undefined ? 'gone' : is(bead) ? 'now' : 'not yet'
      },
      (state) => {
        if (state === 'not yet') return
        queueMicrotask(() => release())
        if (state === 'now') void run()
      },
      { immediate: true },
    )
  }
}
