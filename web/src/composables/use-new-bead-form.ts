import { computed, reactive, ref, watch } from 'vue'
import { prefixOf } from '../../../model/numbering.ts'
import type { BeadDetail } from '../../../model/bead.ts'
import { api } from '../api/client.ts'
import { emptyForm, fieldOf, newBeadOf, suggestionFor, type NewBeadForm } from '../domain/new-bead.ts'
import { useBeads } from '../stores/beads.ts'
import { useNewBead } from '../stores/new-bead.ts'
import { useRequest } from './use-request.ts'

type Writable = { -readonly [K in keyof NewBeadForm]: NewBeadForm[K] }

/** A bead that is being written: its draft, its numbering, and what became of sending it. */
export function useNewBeadForm() {
  const beads = useBeads()
  const store = useNewBead()
  const form = reactive<Writable>({ ...store.form })
  const { state, problem, run } = useRequest()
  /** What the person decided about the numbering; null while they said nothing. */
  const decided = ref<'used' | 'cleared' | null>(null)
  const suggestion = computed(() => suggestionFor({ kind: form.kind, parent: form.parent }, beads.all))
  /** Who writes a numbering needs none. */
  const isNumbered = computed(() => prefixOf(form.title.trim()) !== null)
  const numbering = computed({
    get: () => decided.value ?? (suggestion.value?.follows === 'plan' ? 'used' : 'offered'),
    set: (choice) => (decided.value = choice === 'offered' ? null : choice),
  })
  const prefix = computed(() =>
    numbering.value === 'used' && !isNumbered.value ? (suggestion.value?.prefix ?? '') : '',
  )
  const wrongField = computed(() => (problem.value === null ? '' : fieldOf(problem.value)))

  watch(form, () => store.keep({ ...form }))
  watch(
    () => [form.kind, form.parent],
    () => (decided.value = null),
  )

  /** The bead as it was created, or null when it was not: then everything that was written is still there. */
  async function submit(): Promise<BeadDetail | null> {
    let created: BeadDetail | null = null
    await run(async () => {
      created = await api.createBead(newBeadOf(form, prefix.value))
      beads.apply([created])
    })
    return created
  }

  /** For the next one: what it is and where it belongs stays, what it says does not. */
  function renew(all: boolean): void {
    const { kind, type, priority, parent, tags } = form
    Object.assign(form, emptyForm, all ? {} : { kind, type, priority, parent, tags })
    store.keep({ ...form })
  }

  return { form, state, problem, suggestion, isNumbered, numbering, prefix, wrongField, submit, renew }
}
