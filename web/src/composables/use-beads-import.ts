import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { largestImport, type Verdict } from '../../../model/exchange.ts'
import { api } from '../api/client.ts'
import type { ImportLine, ImportStatus } from '../api/types.ts'
import { useRequest } from './use-request.ts'

const lookMs = 400
const typingMs = 200

/** An import from the choice of a text to its end: judged first, then carried out as it was judged. */
export function useBeadsImport() {
  const request = useRequest()
  const name = ref('')
  const text = shallowRef<Blob | null>(null)
  const status = shallowRef<ImportStatus | null>(null)
  const lines = shallowRef<readonly ImportLine[]>([])
  const found = ref(0)
  const next = ref<number | null>(null)
  const verdict = ref<Verdict | 'all'>('all')
  const words = ref('')
  const isAtWork = computed(() => status.value?.state === 'judging' || status.value?.state === 'importing')
  /** It broke off when lines were being written, or were about to be. */
  const isBroken = computed(() => status.value?.state === 'failed' && found.value > 0)
  const isDone = computed(() => status.value?.state === 'done' || status.value?.problem != null)
  const share = computed(() => {
    const { done = 0, total = 0 } = status.value ?? {}
    return total === 0 ? 0 : Math.round((done / total) * 100)
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  onScopeDispose(() => clearTimeout(timer))
  watch([verdict, words], () => {
    clearTimeout(timer)
    timer = setTimeout(() => void look(), typingMs)
  })

  async function judge(chosen: Blob, called: string): Promise<void> {
    reset()
    name.value = called
    text.value = chosen
    await request.run(async () => {
      if (chosen.size > largestImport)
        throw new Error('The text is larger than 32 MiB; import it with `gemba beads import`.')
      await follow(await api.judgeImport(chosen))
    })
  }

  /** The same text once more, as after an import that broke off. */
  async function again(): Promise<void> {
    if (text.value !== null) await judge(text.value, name.value)
  }

  async function carryOut(): Promise<void> {
    const id = status.value?.id
    if (id !== undefined) await request.run(async () => follow(await api.carryOutImport(id)))
  }

  /** Looks again until nothing is at work. */
  async function follow(first: ImportStatus): Promise<void> {
    status.value = first
    const { id } = first
    while (status.value?.id === id && isAtWork.value) {
      await new Promise((resolve) => (timer = setTimeout(resolve, lookMs)))
      const now = await api.beadsImport(id)
      if (status.value?.id === id) status.value = now
    }
    if (status.value?.id === id) await look()
  }

  /** The first lines that the filter finds, or with `more` those behind what is shown. */
  async function look(more = false): Promise<void> {
    const id = status.value?.id
    if (id === undefined || isAtWork.value) return
    asked += 1
    const mine = asked
    const filter = {
      ...(verdict.value === 'all' ? {} : { verdict: verdict.value }),
      ...(words.value.trim() === '' ? {} : { q: words.value.trim() }),
      ...(more && next.value !== null ? { after: next.value } : {}),
    }
    const page = await api.importLines(id, filter)
    if (mine !== asked) return
    lines.value = more ? [...lines.value, ...page.items] : page.items
    found.value = page.total
    next.value = page.next
  }

  function reset(): void {
    clearTimeout(timer)
    asked += 1
    request.reset()
    status.value = null
    text.value = null
    lines.value = []
    found.value = 0
    next.value = null
    verdict.value = 'all'
    words.value = ''
  }

  const { problem, state } = request
  return {
    name,
    status,
    lines,
    found,
    next,
    verdict,
    words,
    isAtWork,
    isDone,
    isBroken,
    share,
    problem,
    state,
    judge,
    again,
    carryOut,
    look,
    reset,
  }
}

export type BeadsImport = ReturnType<typeof useBeadsImport>
