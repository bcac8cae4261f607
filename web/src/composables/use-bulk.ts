import { ref, shallowRef } from 'vue'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import type { BulkChange } from '../domain/bulk.ts'
import { planBulk } from '../domain/bulk.ts'
import { useBeads } from '../stores/beads.ts'
import { useToasts } from '../stores/toasts.ts'
import type { BeadStep } from '../domain/undo.ts'
import { beadsOf } from './use-bulk-questions.ts'
import { useProfile } from './use-profile.ts'
import { useUndo } from './use-undo.ts'

/** Requests on their way together: enough to be quick, few enough to leave the server to others. */
const atOnce = 4

export interface BulkFailure {
  readonly bead: string
  readonly why: string
}

/** What takes a change of a bead back, while it is still the one of `etag`. */
interface Undo {
  readonly steps: readonly BeadStep[]
  readonly etag: string
}

interface Work {
  readonly bead: string
  /** Does it; returns what takes it back, or null. */
  readonly run: () => Promise<Undo | null>
}

/** Changes many beads, one by one, and says how far it is and what was refused. */
export function useBulk() {
  const beads = useBeads()
  const toasts = useToasts()
  const { has } = useProfile()
  const { sendSteps } = useUndo()
  const progress = shallowRef<{ readonly done: number; readonly all: number } | null>(null)
  const failures = shallowRef<readonly BulkFailure[]>([])
  const stopping = ref(false)

  /** `title` is what was done, in the past: "Closed". */
  async function change(ids: readonly string[], what: BulkChange, title: string): Promise<void> {
    const undo = new Map<string, Undo>()
    const done = await carryOut(
      ids.map((bead) => ({ bead, run: () => changeOne(bead, what) })),
      (bead, taking) => taking !== null && undo.set(bead, taking),
    )
    const action = undo.size === 0 ? null : { label: 'Undo', run: () => void takeBack(undo) }
    toasts.done(`${title} ${beadsOf(done)}`, action)
  }

  async function takeBack(undo: ReadonlyMap<string, Undo>): Promise<void> {
    const work = [...undo].map(([bead, { steps, etag }]) => ({
      bead,
      run: () => sendSteps(bead, steps, etag).then(() => null),
    }))
    const done = await carryOut(work, () => undefined)
    toasts.done(`Taken back at ${beadsOf(done)}`, null)
  }

  async function changeOne(id: string, what: BulkChange): Promise<Undo | null> {
    const bead = beads.get(id)
    if (bead === undefined) throw new Error('It is no longer there.')
    if (what.kind === 'delete') {
      await api.deleteBead(id)
      beads.remove(id)
      return null
    }
    const plan = planBulk(what, bead, has('dispatch'))
    if (typeof plan === 'string') throw new Error(plan)
    const written = await sendSteps(id, plan.steps)
    return written === null || plan.undo.length === 0 ? null : { steps: plan.undo, etag: written.etag }
  }

  /** How many went through. */
  async function carryOut(work: readonly Work[], onDone: (bead: string, undo: Undo | null) => void): Promise<number> {
    const waiting = [...work]
    failures.value = []
    stopping.value = false
    progress.value = { done: 0, all: work.length }
    let succeeded = 0
    const next = async (): Promise<void> => {
      for (let one = waiting.shift(); one !== undefined && !stopping.value; one = waiting.shift()) {
        const { bead, run } = one
        await run().then(
          (undo) => {
            succeeded += 1
            onDone(bead, undo)
          },
          (error: unknown) => (failures.value = [...failures.value, { bead, why: whyOf(error) }]),
        )
        progress.value = { done: (progress.value?.done ?? 0) + 1, all: work.length }
      }
    }
    await Promise.all(Array.from({ length: atOnce }, next))
    progress.value = null
    return succeeded
  }

  function stop(): void {
    stopping.value = true
  }

  return { progress, failures, change, stop }
}

function whyOf(error: unknown): string {
  if (error instanceof Error && error.constructor === Error) return error.message
  const { detail, code } = toProblem(error)
  return `${detail} (${code})`
}
