import type { BeadSummary, NewBead } from '../../../model/bead.ts'
import { prefixOf, suggestPrefix, type NumberedKind, type Suggestion } from '../../../model/numbering.ts'
import { nextDecisionNumber } from '../../../model/tags.ts'
import type { Problem } from '../api/types.ts'

/** What a person thinks of as different things to write. */
export const kinds = [
  { value: 'milestone', title: 'Milestone', teach: 'A release or a phase; epics and beads belong to it.' },
  { value: 'epic', title: 'Epic', teach: 'A feature or a larger thread of work; beads belong to it.' },
  { value: 'bead', title: 'Bead', teach: 'One piece of work.' },
  {
    value: 'decision',
    title: 'Decision',
    teach: 'A choice that people have to make; others are tagged with its number.',
  },
] as const
export type Kind = (typeof kinds)[number]['value']

export interface NewBeadForm {
  readonly kind: Kind
  readonly title: string
  readonly description: string
  readonly acceptance: string
  readonly design: string
  readonly notes: string
  /** Of work; the other kinds are types by themselves. */
  readonly type: string
  readonly priority: number
  readonly parent: string
  /** Separated by commas. */
  readonly labels: string
  /** Labels of decisions and milestones. */
  readonly tags: readonly string[]
}

export const emptyForm: NewBeadForm = {
  kind: 'bead',
  title: '',
  description: '',
  acceptance: '',
  design: '',
  notes: '',
  type: 'task',
  priority: 2,
  parent: '',
  labels: '',
  tags: [],
}

/** The numbering that is suggested for what is being written; a decision never gets a number that a label has taken. */
export function suggestionFor(
  { kind, parent }: Pick<NewBeadForm, 'kind' | 'parent'>,
  beads: readonly BeadSummary[],
): Suggestion | null {
  const numbered: NumberedKind = kind === 'bead' ? 'work' : kind
  const wrapper = beads.find(({ id }) => id === parent.trim())
  const suggestion = suggestPrefix(numbered, wrapper, beads)
  if (kind !== 'decision' || suggestion?.follows !== 'none') return suggestion
  return { ...suggestion, prefix: `D${nextDecisionNumber(beads)}: ` }
}

/** The request that a filled form stands for; empty fields are left out. `prefix` is the numbering that was accepted. */
export function newBeadOf(form: NewBeadForm, prefix = ''): NewBead {
  const written = form.labels.split(',').map((label) => label.trim())
  const labels = [...new Set([...written, ...form.tags])].filter(Boolean)
  const parent = form.parent.trim()
  const title = form.title.trim()
  const texts = (['description', 'acceptance', 'design', 'notes'] as const)
    .filter((name) => form[name].trim() !== '')
    .map((name) => [name, form[name]])
  return {
    title: prefixOf(title) === null ? prefix + title : title,
    type: form.kind === 'bead' ? form.type : form.kind,
    priority: form.priority,
    ...Object.fromEntries(texts),
    ...(parent === '' ? {} : { parent }),
    ...(labels.length === 0 ? {} : { labels }),
  }
}

/** The field that a refusal is about; empty when it is about the whole. */
export function fieldOf({ code, detail, params }: Problem): keyof NewBeadForm | '' {
  if (code === 'bead_not_found' || code.startsWith('dependency_')) return 'parent'
  if (code !== 'bead_invalid' && code !== 'bad_request') return ''
  const why = params['why'] ?? detail
  const fields = [
    'title',
    'description',
    'acceptance',
    'design',
    'notes',
    'priority',
    'parent',
    'labels',
    'type',
  ] as const
  return fields.find((field) => new RegExp(`\\b${field}\\b`).test(why)) ?? ''
}
