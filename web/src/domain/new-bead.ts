import type { NewBead } from '../../../model/bead.ts'

export interface NewBeadForm {
  readonly title: string
  readonly description: string
  readonly type: string
  readonly priority: number
  readonly parent: string
  /** Separated by commas. */
  readonly labels: string
}

/** The request that a filled form stands for; empty fields are left out. */
export function newBeadOf(form: NewBeadForm): NewBead {
  const labels = [...new Set(form.labels.split(',').map((label) => label.trim()))].filter(Boolean)
  const parent = form.parent.trim()
  return {
    title: form.title.trim(),
    type: form.type,
    priority: form.priority,
    ...(form.description.trim() === '' ? {} : { description: form.description }),
    ...(parent === '' ? {} : { parent }),
    ...(labels.length === 0 ? {} : { labels }),
  }
}
