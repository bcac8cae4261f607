import type { Ref } from 'vue'
import { ref } from 'vue'
import { toProblem } from '../api/problem.ts'
import type { Problem } from '../api/types.ts'

export type RequestState = 'idle' | 'sending' | 'done' | 'failed'

export interface Request {
  readonly state: Ref<RequestState>
  readonly problem: Ref<Problem | null>
  /** True when it worked. One at a time: while one is on its way, others are not sent. */
  run(send: () => Promise<unknown>): Promise<boolean>
  reset(): void
}

/** One request of a form or button, and what became of it, to be shown beside it. */
export function useRequest(): Request {
  const state = ref<RequestState>('idle')
  const problem = ref<Problem | null>(null)

  async function run(send: () => Promise<unknown>): Promise<boolean> {
    if (state.value === 'sending') return false
    state.value = 'sending'
    problem.value = null
    try {
      await send()
      state.value = 'done'
      return true
    } catch (error) {
      problem.value = toProblem(error)
      state.value = 'failed'
      return false
    }
  }

  function reset(): void {
    state.value = 'idle'
    problem.value = null
  }

  return { state, problem, run, reset }
}
