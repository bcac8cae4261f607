import { ApplicationFailure } from '@temporalio/common'
import type { Fact } from '../../model/fact.ts'
import type {
  DeliverAnswer,
  DeliveryOutcome,
  EndedPane,
  IntegrateOutcome,
  StartPane,
} from '../../model/orchestration-plane.ts'
import type { HostActivities } from '../../temporal/contracts/activities.ts'

/** A host double: facts are fed by the test, calls are recorded. */
export class HostDouble {
  readonly calls: { name: string; request: unknown }[] = []
  /** What the next calls of an activity fail with. */
  readonly failures = new Map<keyof HostActivities, { code: string; params: Record<string, string> }[]>()
  outcomes: IntegrateOutcome[] = []
  endings: EndedPane[] = []
  delivery: 'delivered' | 'moot' | 'unconfirmed' = 'delivered'
  /** What becomes of one delivery, when it is not `delivery`. */
  deliver: (request: DeliverAnswer) => DeliveryOutcome['outcome'] | undefined = () => undefined
  /** What a start waits for. */
  beforeStart: (request: StartPane) => Promise<void> = async () => undefined
  readonly #facts = new Map<string, Fact[]>()
  #wake: (() => void)[] = []
  #closed = false

  feed(
    session: string,
    ...facts: (Fact extends infer F ? (F extends Fact ? Omit<F, 'offset' | 'at'> : never) : never)[]
  ): void {
    const known = this.#facts.get(session) ?? []
    for (const fact of facts) known.push({ ...fact, offset: known.length, at: new Date().toISOString() } as Fact)
    this.#facts.set(session, known)
    for (const wake of this.#wake.splice(0)) wake()
  }

  /** Lets waiting attends end, so that the worker can stop. */
  close(): void {
    this.#closed = true
    for (const wake of this.#wake.splice(0)) wake()
  }

  /** Undoes `close`. */
  reopen(): void {
    this.#closed = false
  }

  count(name: keyof HostActivities): number {
    return this.calls.filter((call) => call.name === name).length
  }

  activities(): HostActivities {
    const note = (name: keyof HostActivities, request: unknown): void => {
      this.calls.push({ name, request })
      const failing = this.failures.get(name)?.shift()
      if (failing !== undefined)
        throw ApplicationFailure.create({
          type: failing.code,
          message: failing.code,
          nonRetryable: true,
          details: [failing.params],
        })
    }
    return {
      startPane: async (request) => {
        note('startPane', request)
        await this.beforeStart(request)
        return { pane: '%1', pid: 1, worktree: '/w', branch: `bead/${request.bead.id}`, cursor: 0, note: '' }
      },
      attendPane: async (request) => {
        note('attendPane', request)
        for (const end = Date.now() + 30_000; Date.now() < end && !this.#closed;) {
          const facts = (this.#facts.get(request.session) ?? []).slice(request.cursor)
          if (facts.length > 0) return { cursor: request.cursor + facts.length, facts }
          await new Promise<void>((resolve) => {
            this.#wake.push(resolve)
            setTimeout(resolve, 50)
          })
        }
        return { cursor: request.cursor, facts: [] }
      },
      deliverAnswer: async (request) => {
        note('deliverAnswer', request)
        return { outcome: this.deliver(request) ?? this.delivery, note: '' }
      },
      sayToPane: async (request) => {
        note('sayToPane', request)
        return { outcome: 'delivered', note: '' }
      },
      integrate: async (request) => {
        note('integrate', request)
        return this.outcomes.shift() ?? { outcome: 'integrated', commit: 'c0ffee', commits: 1, filesChanged: 1 }
      },
      endPane: async (request) => {
        note('endPane', request)
        return this.endings.shift() ?? { how: 'quit', worktree: request.removeWorktree ? 'removed' : 'kept', note: '' }
      },
    }
  }
}
