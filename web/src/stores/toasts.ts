import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { Problem } from '../api/types.ts'
import { toProblem } from '../api/problem.ts'

export interface Toast {
  readonly id: number
  readonly kind: 'note' | 'problem' | 'question'
  readonly title: string
  readonly text: string
  /** The error's code, in small print. */
  readonly code: string
  /** Where to look, as a path of the console. */
  readonly link: string | null
  /** Paths of pages that show it themselves: there it is only read out. */
  readonly shownOn: readonly string[]
  /** The bead that it is about, of which a newer message takes its place; empty: it stands by itself. */
  readonly bead: string
  /** What can be done about it right there. */
  readonly action: ToastAction | null
}

export interface ToastAction {
  readonly label: string
  readonly run: () => void
}

const stayMs: Readonly<Record<Toast['kind'], number>> = { note: 6_000, problem: 20_000, question: 30_000 }
/** Long enough to read, to think, and to reach it by keyboard. */
const undoMs = 20_000
const shownAtMost = 4

export const useToasts = defineStore('toasts', () => {
  const shown = ref<readonly Toast[]>([])
  let last = 0

  function add(toast: Omit<Toast, 'id' | 'action' | 'bead'> & Partial<Pick<Toast, 'action' | 'bead'>>): void {
    last += 1
    const id = last
    const added = { action: null, bead: '', ...toast, id }
    const others = shown.value.filter(({ bead }) => bead === '' || bead !== added.bead)
    shown.value = [...others, added].slice(-shownAtMost)
    setTimeout(() => dismiss(id), toast.action == null ? stayMs[toast.kind] : undoMs)
  }

  function dismiss(id: number): void {
    shown.value = shown.value.filter((toast) => toast.id !== id)
  }

  function note(title: string, text = '', link: string | null = null): void {
    add({ kind: 'note', title, text, code: '', link, shownOn: [] })
  }

  /** Something was done, to one `bead` or to several; `action` takes it back. */
  function done(title: string, action: ToastAction | null, bead = ''): void {
    add({ kind: 'note', title, text: '', code: '', link: null, shownOn: [], action, bead })
  }

  /** Does what the newest message that offers something offers. */
  function act(id: number | undefined = shown.value.findLast(({ action }) => action !== null)?.id): void {
    const toast = shown.value.find((one) => one.id === id)
    if (toast === undefined) return
    dismiss(toast.id)
    toast.action?.run()
  }

  /** A question that has just been asked; read out at once. */
  function question(title: string, text: string, link: string, shownOn: readonly string[]): void {
    add({ kind: 'question', title, text, code: '', link, shownOn: [link, ...shownOn] })
  }

  /** Says what failed, why, and what to do. */
  function problem(title: string, thrown: unknown): void {
    const problem = toProblem(thrown)
    problemText(title, problem)
  }

  function problemText(title: string, { detail, mend, code }: Pick<Problem, 'detail' | 'mend' | 'code'>): void {
    add({ kind: 'problem', title, text: `${detail} ${mend}`, code, link: null, shownOn: [] })
  }

  return { shown, dismiss, act, note, done, question, problem, problemText }
})
