import { computed, ref } from 'vue'
import type { EscalationOption, EscalationView } from '../../../model/escalation.ts'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import type { Problem } from '../api/types.ts'
import { timeOfDay } from '../domain/time.ts'
import { useEscalations } from '../stores/escalations.ts'
import { useToasts } from '../stores/toasts.ts'

export type AnswerState = 'open' | 'confirm' | 'sending' | 'sent' | 'late' | 'failed'

/** Answers one escalation. Nothing is shown as decided before the server says so. */
export function useAnswer(escalation: () => EscalationView) {
  const escalations = useEscalations()
  const toasts = useToasts()
  const state = ref<AnswerState>('open')
  const confirming = ref<string | null>(null)
  const problem = ref<Problem | null>(null)
  const busy = computed(() => state.value === 'sending' || state.value === 'sent')

  /** A destructive option asks a second time. */
  async function choose(option: EscalationOption): Promise<void> {
    if (busy.value) return
    if (option.tone === 'destructive' && confirming.value !== option.value) {
      confirming.value = option.value
      state.value = 'confirm'
      return
    }
    await send(option.value)
  }

  function turnAway(): void {
    confirming.value = null
    state.value = 'open'
  }

  async function send(value: string, text?: string): Promise<void> {
    if (busy.value) return
    confirming.value = null
    problem.value = null
    state.value = 'sending'
    try {
      escalations.apply(await api.answer(escalation().id, value, text))
      state.value = 'sent'
    } catch (error) {
      fail(toProblem(error))
    }
  }

  function fail(met: Problem): void {
    if (met.code === 'already_decided') {
      const who = `Already decided by ${met.params['by'] ?? 'somebody'} at ${timeOfDay(met.params['at'] ?? '')}.`
      tooLate({ ...met, detail: who, mend: '' })
    } else if (met.code === 'no_longer_needed') {
      tooLate(met)
    } else {
      state.value = 'failed'
      problem.value = met
    }
  }

  /** Said beside the card, which may be gone from the page by now. */
  function tooLate(met: Problem): void {
    state.value = 'late'
    toasts.problemText('Your answer changed nothing', met)
  }

  return { state, confirming, problem, busy, choose, turnAway, send }
}
