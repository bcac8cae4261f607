import { stagedLabel } from './bead.ts'
import { laneTitles } from './lanes.ts'
import type { ManifestEntity, ManifestEntry } from './manifest.ts'

/** The parts of an entry that its sentence is made of. They may come from a file that others wrote. */
export type Told = Pick<ManifestEntry, 'action' | 'entity' | 'before' | 'after'>

type Fields = Readonly<Record<string, unknown>>

/** Words for the fields of a bead, by their names in the manifest. */
const fieldWords: Readonly<Record<string, string>> = {
  title: 'title',
  description: 'description',
  design: 'design',
  acceptance: 'acceptance criteria',
  notes: 'notes',
  status: 'status',
  priority: 'priority',
  type: 'type',
  assignee: 'assignee',
  labels: 'labels',
  comments: 'comments',
  external_ref: 'external reference',
  estimated_minutes: 'estimate',
  due_at: 'due date',
  defer_until: 'deferral',
  metadata: 'metadata',
  parent: 'parent',
}

/** What was done, as one sentence in the past tense without who did it: "Moved BOM-3 from Staged to In Progress." */
export function summaryOf(told: Told): string {
  const deed = deedOf(told, shortName(told.entity))
  return `${deed.charAt(0).toUpperCase()}${deed.slice(1)}.`
}

/** The same with who did it and the whole title: `You moved "BOM-3: Session manifest" from Staged to In Progress.` */
export function sentenceOf(told: Told, who: string): string {
  const { id, title, type } = told.entity
  const name = title === '' ? id : title
  return `${who} ${deedOf(told, type === 'source' ? name : quoted(name))}.`
}

/** What people call a bead: the number that its title begins with ("BOM-3: …", "M2: …"), else its id. */
export function shortName({ id, title, type }: ManifestEntity): string {
  const [, number] = /^([A-Za-z]{1,12}[-#]?\d{1,6}(?:\.\d{1,6})*):\s/.exec(title) ?? []
  return number ?? (type === 'source' ? title : id)
}

function deedOf(told: Told, name: string): string {
  switch (told.action) {
    case 'work_item.state_changed':
      return moved(told, name)
    case 'work_item.created':
      return `created ${name}`
    case 'epic.created':
      return `created the epic ${name}`
    case 'milestone.created':
      return `created the milestone ${name}`
    case 'decision.created':
      return `created the decision ${name}`
    case 'work_item.edited':
      return edited(told, name)
    case 'work_item.deleted':
      return `deleted ${name}`
    case 'dependency.changed':
      return linked(told, name)
    case 'source.connected':
      return `connected to ${name}`
  }
}

function moved({ before, after }: Told, name: string): string {
  const [from, to] = [laneOf(before), laneOf(after)]
  const way = `${from === '' ? '' : ` from ${from}`}${to === '' ? '' : ` to ${to}`}`
  return `moved ${name}${way}${besides(before, after, ['state_category', 'status', 'close_reason'])}`
}

/** Of one field what it says, of more their names. */
function edited({ before, after }: Told, name: string): string {
  const fields = fieldsOf(before, after)
  if (fields.includes('comment')) return `commented on ${name}`
  const [only] = fields
  const one = fields.length === 1 && only !== undefined ? oneEdit(only, before, after, name) : undefined
  return one ?? (fields.length === 0 ? `edited ${name}` : `edited the ${wordsOf(fields)} of ${name}`)
}

function oneEdit(field: string, before: Fields, after: Fields, name: string): string | undefined {
  const [from, to] = [textOf(before[field]), textOf(after[field])]
  switch (field) {
    case 'title':
      return from === '' || to === '' ? undefined : `renamed ${quoted(from)} to ${quoted(to)}`
    case 'labels':
      return relabelled(before[field], after[field], name)
    case 'priority':
      return from === '' || to === '' ? undefined : `changed the priority of ${name} from P${from} to P${to}`
    case 'status':
      return from === '' || to === '' ? undefined : `changed the status of ${name} from ${from} to ${to}`
    case 'assignee':
      if (to !== '') return `assigned ${name} to ${to}`
      return from === '' ? undefined : `took ${name} from ${from}`
    default:
      return undefined
  }
}

function relabelled(before: unknown, after: unknown, name: string): string | undefined {
  const [from, to] = [listOf(before), listOf(after)]
  const added = to.filter((label) => !from.includes(label))
  const removed = from.filter((label) => !to.includes(label))
  const words = (labels: readonly string[]): string =>
    `${labels.length === 1 ? 'the label' : 'the labels'} ${enumerated(labels.map(quoted))}`
  if (added.length > 0 && removed.length === 0) return `added ${words(added)} to ${name}`
  return removed.length > 0 && added.length === 0 ? `removed ${words(removed)} from ${name}` : undefined
}

function linked({ before, after }: Told, name: string): string {
  const [gone, come] = [textOf(before['depends_on']), textOf(after['depends_on'])]
  if (come !== '') {
    const kind = textOf(after['kind'])
    if (kind === 'parent-child') return `put ${name} under ${come}`
    return `made ${name} depend on ${come}${kind === '' || kind === 'blocks' ? '' : ` (${kind})`}`
  }
  if (gone !== '') {
    return textOf(before['kind']) === 'parent-child'
      ? `took ${name} out of ${gone}`
      : `removed the dependency of ${name} on ${gone}`
  }
  const [from, to] = [textOf(before['parent']), textOf(after['parent'])]
  const rest = besides(before, after, ['parent', 'depends_on', 'kind'])
  if (to !== '') return `put ${name} under ${to}${rest}`
  return from === '' ? `changed the dependencies of ${name}${rest}` : `took ${name} out of ${from}${rest}`
}

/** The other fields that changed in the same write. */
function besides(before: Fields, after: Fields, without: readonly string[]): string {
  const fields = fieldsOf(before, after).filter((field) => !without.includes(field))
  return fields.length === 0 ? '' : ` and edited its ${wordsOf(fields)}`
}

function fieldsOf(before: Fields, after: Fields): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
}

/** Fields that this version has no word for are told as such. */
function wordsOf(fields: readonly string[]): string {
  const known = fields.flatMap((field) => (Object.hasOwn(fieldWords, field) ? [fieldWords[field] ?? ''] : []))
  return enumerated(known.length < fields.length ? [...known, 'other fields'] : known)
}

function laneOf(fields: Fields): string {
  return laneTitles.find(({ state }) => state === fields['state_category'])?.title ?? ''
}

function enumerated(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}

function quoted(text: string): string {
  return `"${text}"`
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

/** Labels but the one that a lane stands for. */
function listOf(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((each): each is string => typeof each === 'string' && each !== stagedLabel)
    : []
}
