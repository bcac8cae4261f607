import { ref, shallowRef } from 'vue'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import type { BulkChange, BulkStep } from '../domain/bulk.ts'
import { planBulk } from '../domain/bulk.ts'
import { useBeads } from '../stores/beads.ts'
import { useToasts } from '../stores/toasts.ts'
import { beadsOf } from './use-bulk-questions.ts'

/** Requests on their way together: enough to be quick, few enough to leave the server to others. */
const atOnce = 4

export interface BulkFailure {
  readonly bead: string
  readonly why: string
}

interface Work {
  readonly bead: string
  /** Does it; returns what takes it back. */
  readonly run: () => Promise<readonly BulkStep[] | null>
}

/** Changes many beads, one by one, and says how far it is and what was refused. */
export function useBulk() {
  const beads = useBeads()
  const toasts = useToasts()
  const progress = shallowRef<{ readonly done: number; readonly all: number } | null>(null)
  const failures = shallowRef<readonly BulkFailure[]>([])
  const stopping = ref(false)

  /** `title` is what was done, in the past: "Closed". */
  async function change(ids: readonly string[], what: BulkChange, title: string): Promise<void> {
    const undo = new Map<string, readonly BulkStep[]>()
    const done = await carryOut(
      ids.map((bead) => ({ bead, run: () => changeOne(bead, what) })),
      (bead, steps) => steps !== null && steps.length > 0 && undo.set(bead, steps),
    )
    const action = undo.size === 0 ? null : { label: 'Undo', run: () => void takeBack(undo) }
    toasts.done(`${title} ${beadsOf(done)}`, action)
  }

  async function takeBack(undo: ReadonlyMap<string, readonly BulkStep[]>): Promise<void> {
    const work = [...undo].map(([bead, steps]) => ({ bead, run: () => sendAll(bead, steps).then(() => null) }))
    const done = await carryOut(work, () => undefined)
    toasts.done(`Taken back at ${beadsOf(done)}`, null)
  }

  async function changeOne(id: string, what: BulkChange): Promise<readonly BulkStep[] | null> {
    const bead = beads.get(id)
    if (bead === undefined) throw new Error('It is no longer there.')
    const plan = planBulk(what, bead)
    if (typeof plan === 'string') throw new Error(plan)
    await sendAll(id, plan.steps)
    return plan.undo
  }

  async function sendAll(id: string, steps: readonly BulkStep[]): Promise<void> {
    for (const step of steps) {
      if (step.kind === 'delete') {
        await api.deleteBead(id)
        beads.remove(id)
      } else beads.apply([await send(id, step)])
    }
  }

  /** How many went through. */
  async function carryOut(
    work: readonly Work[],
    onDone: (bead: string, undo: readonly BulkStep[] | null) => void,
  ): Promise<number> {
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

function send(id: string, step: Exclude<BulkStep, { kind: 'delete' }>) {
  if (step.kind === 'patch') return api.updateBead(id, step.patch)
  return step.kind === 'close' ? api.closeBead(id, step.reason) : api.reopenBead(id, step.reason)
}

function whyOf(error: unknown): string {
  if (error instanceof Error && error.constructor === Error) return error.message
  const { detail, code } = toProblem(error)
  return `${detail} (${code})`
}
