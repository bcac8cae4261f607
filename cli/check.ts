import { codedError } from '../runtime/coded-error.ts'

/** One finding of `gemba doctor`. A note needs no mending. */
export interface Check {
  readonly id: string
  readonly status: 'ok' | 'note' | 'problem'
  readonly detail: string
  /** What mends it; null when there is nothing to mend. */
  readonly fix: string | null
}

export function ok(id: string, detail: string): Check {
  return { id, status: 'ok', detail, fix: null }
}

/** A failure as a finding. */
export function problem(id: string, error: unknown): Check {
  const { message, mend } = codedError(error)
  return { id, status: 'problem', detail: message, fix: mend }
}
