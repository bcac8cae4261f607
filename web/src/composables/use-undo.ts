import type { BeadDetail } from '../../../model/bead.ts'
import { api } from '../api/client.ts'
import type { BeadStep } from '../domain/undo.ts'
import { useBeads } from '../stores/beads.ts'
import { useToasts } from '../stores/toasts.ts'

/** Takes single changes of beads back, as long as nobody changed them since. */
export function useUndo() {
  const beads = useBeads()
  const toasts = useToasts()

  /** Says what was done to a bead, and offers to take it back by `steps`; without any there is nothing to say. */
  function offer(title: string, written: BeadDetail, steps: readonly BeadStep[]): void {
    if (steps.length === 0) return
    const run = (): void => void takeBack(written, steps)
    toasts.done(title, { label: 'Undo', run }, written.id)
  }

  async function takeBack({ id, etag }: BeadDetail, steps: readonly BeadStep[]): Promise<void> {
    try {
      await sendSteps(id, steps, etag)
      toasts.done(`${id} is as it was`, null, id)
    } catch (error) {
      toasts.problem(`${id} was not taken back`, error)
    }
  }

  /** One after another; with `etag`: only while the bead is still that one. Returns the bead as it is then. */
  async function sendSteps(id: string, steps: readonly BeadStep[], etag?: string): Promise<BeadDetail | null> {
    let now: BeadDetail | null = null
    for (const step of steps) {
      now = await send(id, step, now === null || etag === undefined ? etag : now.etag)
      beads.apply([now])
    }
    return now
  }

  return { offer, sendSteps }
}

function send(id: string, step: BeadStep, etag?: string): Promise<BeadDetail> {
  switch (step.kind) {
    case 'patch':
      return api.updateBead(id, step.patch, etag)
    case 'close':
      return api.closeBead(id, { reason: step.reason }, etag)
    case 'reopen':
      return api.reopenBead(id, step.reason, etag)
  }
}
