import type { BeadSummary, StateCategory } from '../../../model/bead.ts'
import { laneTitle, priorityWord } from './words.ts'

/** What of the beads is shown. Several values of one kind: any of them; labels: all of them. */
export interface BeadFilter {
  /** Every word must be found in id, title, assignee or a label. */
  readonly text: string
  readonly state: readonly StateCategory[]
  readonly type: readonly string[]
  readonly priority: readonly number[]
  readonly label: readonly string[]
  /** Empty stands for nobody. */
  readonly assignee: readonly string[]
  readonly standing: '' | 'ready' | 'blocked'
}

export const noFilter: BeadFilter = {
  text: '',
  state: [],
  type: [],
  priority: [],
  label: [],
  assignee: [],
  standing: '',
}

export function isFiltering(filter: BeadFilter): boolean {
  return filter.text !== '' || chipsOf(filter).length > 0
}

export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean)
}

/** What a search looks into. */
export function searchText(bead: BeadSummary): string {
  return `${bead.id}\n${bead.title}\n${bead.assignee ?? ''}\n${bead.labels.join('\n')}`.toLowerCase()
}

/** Those of `beads` that meet the conditions of a filter, in their order. Without conditions it is `beads` itself. */
export function passing(beads: readonly BeadSummary[], filter: BeadFilter): readonly BeadSummary[] {
  return chipsOf(filter).length === 0 ? beads : beads.filter((bead) => meets(filter, bead))
}

function meets({ state, type, priority, label, assignee, standing }: BeadFilter, bead: BeadSummary): boolean {
  return (
    (state.length === 0 || state.includes(bead.state)) &&
    (type.length === 0 || type.includes(bead.type)) &&
    (priority.length === 0 || priority.includes(bead.priority)) &&
    (assignee.length === 0 || assignee.includes(bead.assignee ?? '')) &&
    label.every((one) => bead.labels.includes(one)) &&
    (standing === '' || (standing === 'ready' ? bead.ready : bead.blockedBy.length > 0))
  )
}

/** One condition of a filter, as a person sees and takes it away. */
export interface FilterChip {
  readonly key: string
  readonly text: string
  readonly without: BeadFilter
}

/** Everything but the text. */
export function chipsOf(filter: BeadFilter): FilterChip[] {
  const kinds = {
    state: ['State', laneTitle],
    type: ['Type', String],
    priority: ['Priority', priorityWord],
    label: ['Label', String],
    assignee: ['Assignee', (name: string) => (name === '' ? 'nobody' : name)],
  } as const
  const chips = (Object.keys(kinds) as (keyof typeof kinds)[]).flatMap((kind) => {
    const [title, word] = kinds[kind] as [string, (value: string | number) => string]
    const values: readonly (string | number)[] = filter[kind]
    return values.map((value) => ({
      key: `${kind}:${value}`,
      text: `${title}: ${word(value)}`,
      without: { ...filter, [kind]: values.filter((other) => other !== value) },
    }))
  })
  if (filter.standing === '') return chips
  return [...chips, { key: filter.standing, text: filter.standing, without: { ...filter, standing: '' } }]
}
