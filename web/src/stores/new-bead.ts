import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { emptyForm, type NewBeadForm } from '../domain/new-bead.ts'

/** What the next new bead shall be, when the person said so by where they began. */
export type NewBeadWish = Partial<Pick<NewBeadForm, 'kind' | 'parent'>>

/** The new bead that is being written, wherever it was begun; what was written stays until it is created. */
export const useNewBead = defineStore('new-bead', () => {
  const open = ref(false)
  const form = shallowRef<NewBeadForm>(emptyForm)

  function begin(wish: NewBeadWish = {}): void {
    form.value = { ...form.value, ...wish }
    open.value = true
  }

  function close(): void {
    open.value = false
  }

  /** Keeps what is written; without `form` there is nothing more to keep. */
  function keep(written: NewBeadForm = emptyForm): void {
    form.value = written
  }

  return { open, form, begin, close, keep }
})
