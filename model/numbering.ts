/**
 * The numbering that titles of plans begin with: `M3: `, `E2.1: `, `BOM-3: `, `Phase 2: `. What is suggested follows what
 * the plan does already; where it does nothing, a prefix is offered and never taken unasked (seed 001, 8).
 */
import { wrapperTypes, type BeadSummary } from './bead.ts'

export interface Prefix {
  /** As it stands at the beginning of the title, with what separates it from the rest. */
  readonly text: string
  readonly word: string
  /** Between word and numbers. */
  readonly joiner: string
  /** As they are written, leading zeros too. */
  readonly numbers: readonly string[]
  /** Between numbers and title. */
  readonly separator: string
}

export interface Suggestion {
  /** With its separator, to be put before the title. */
  readonly prefix: string
  /** `plan`: the beads around are numbered like that. `none`: they are not; only offered. */
  readonly follows: 'plan' | 'none'
}

/** What is to be created: `work` is any bead that is none of the others. */
export type NumberedKind = 'milestone' | 'epic' | 'decision' | 'work'
export type NumberedBead = Pick<BeadSummary, 'id' | 'title' | 'type' | 'parent'>

/** Words that stand apart from their number; other words before a number are part of the title ("Windows 11: …"). */
const apart =
  'Milestone|Epic|Phase|Stage|Step|Part|Day|Week|Sprint|Task|Release|Iteration|Decision|milestone|epic|phase|stage|step|part|decision'
const form = new RegExp(`^(?:((?:${apart})) |([A-Z][A-Za-z]{0,11})(-?))(\\d{1,4}(?:\\.\\d{1,4}){0,4})(: *| - | – | — )`)

/** The prefix of a title, or null. `P0` to `P4` say how urgent a bead is and number nothing. */
export function prefixOf(title: string): Prefix | null {
  const match = form.exec(title)
  if (match === null) return null
  const [text, spaced, close = '', dash = '', numbers = '', separator = ''] = match
  if (close === 'P' && dash === '' && /^[0-4]$/.test(numbers)) return null
  const word = spaced ?? close
  return { text, word, joiner: spaced === undefined ? dash : ' ', numbers: numbers.split('.'), separator }
}

/** The title without its prefix. */
export function unnumbered(title: string): string {
  return title.slice(prefixOf(title)?.text.length ?? 0)
}

/** An edited title: the prefix from before stays unless another was written, or it was given up. */
export function editedTitle(before: string, written: string, keep: boolean): string {
  const prefix = prefixOf(before)
  return prefix === null || !keep || prefixOf(written) !== null ? written : prefix.text + written
}

/**
 * What a new bead's title should begin with; null where nothing says anything: work that belongs to nothing, and a number
 * that would be too long or too deep to be read as one again.
 */
export function suggestPrefix(
  kind: NumberedKind,
  parent: NumberedBead | undefined,
  beads: readonly NumberedBead[],
): Suggestion | null {
  const suggestion = suggestAny(kind, parent, beads)
  return suggestion !== null && prefixOf(suggestion.prefix)?.text === suggestion.prefix ? suggestion : null
}

function suggestAny(
  kind: NumberedKind,
  parent: NumberedBead | undefined,
  beads: readonly NumberedBead[],
): Suggestion | null {
  const plan = { beads, taken: new Set(beads.flatMap(({ title }) => prefixOf(title) ?? []).map(nameOf)) }
  switch (kind) {
    case 'milestone':
      return suggestNext(plan, 'milestone', 'M')
    case 'decision':
      return suggestNext(plan, 'decision', 'D')
    case 'epic':
      return suggestEpic(plan, parent)
    case 'work':
      return parent === undefined ? null : suggestWork(plan, parent)
  }
}

/** The id that a Beads database gives the next child: `parent.N`, a number never given out twice as far as can be seen. */
export function nextChildId(parent: string, beads: Iterable<Pick<BeadSummary, 'id'>>): string {
  let last = 0
  for (const { id } of beads) {
    if (!id.startsWith(`${parent}.`)) continue
    const rest = id.slice(parent.length + 1)
    if (/^\d{1,9}$/.test(rest)) last = Math.max(last, Number(rest))
  }
  return `${parent}.${last + 1}`
}

/** The beads around, and the names that their prefixes have taken. */
interface Plan {
  readonly beads: readonly NumberedBead[]
  readonly taken: ReadonlySet<string>
}

function suggestNext(plan: Plan, type: string, word: string): Suggestion {
  const alike = ofType(plan, type)
  return follow(plan, alike) ?? offered(plan, { word, joiner: '' }, [alike.length + 1])
}

function suggestEpic(plan: Plan, parent: NumberedBead | undefined): Suggestion {
  const epics = ofType(plan, 'epic')
  const siblings = epics.filter((epic) => epic.parent === (parent?.id ?? null))
  const above = parent === undefined ? null : prefixOf(parent.title)
  const examples = scopedOf(plan, epics)
  return (
    follow(plan, siblings) ??
    scoped(plan, above, examples) ??
    (examples.length > 0 ? null : follow(plan, epics)) ??
    offered(plan, { word: 'E', joiner: '' }, [...(above?.numbers ?? []), siblings.length + 1])
  )
}

function suggestWork(plan: Plan, parent: NumberedBead): Suggestion {
  const work = plan.beads.filter((bead) => bead.parent !== null && kindOf(bead.type) === 'work')
  const siblings = work.filter((bead) => bead.parent === parent.id)
  const above = prefixOf(parent.title)
  const like = above ?? { word: initialsOf(parent.title), joiner: '-', numbers: [] }
  return (
    follow(plan, siblings) ??
    scoped(plan, above, scopedOf(plan, work)) ??
    offered(plan, like, [...like.numbers, siblings.length + 1])
  )
}

function kindOf(type: string): NumberedKind {
  return type === 'milestone' || type === 'epic' || type === 'decision' ? type : 'work'
}

function ofType(plan: Plan, type: string): readonly NumberedBead[] {
  return plan.beads.filter((bead) => bead.type === type)
}

/** The next number of a set of which at least half is numbered in one way. */
function follow(plan: Plan, beads: readonly NumberedBead[]): Suggestion | null {
  const last = familyOf(beads)
    .toSorted((a, b) => compare(a.numbers, b.numbers))
    .at(-1)
  return last === undefined ? null : { prefix: write(plan, last, raised(last.numbers)), follows: 'plan' }
}

/** The prefixes that most of the set share in word and form; empty when that is less than half of it. */
function familyOf(beads: readonly NumberedBead[]): readonly Prefix[] {
  const families = new Map<string, Prefix[]>()
  for (const { title } of beads) {
    const prefix = prefixOf(title)
    if (prefix === null) continue
    const key = `${prefix.word}${prefix.joiner}`
    families.set(key, [...(families.get(key) ?? []), prefix])
  }
  const [largest = []] = [...families.values()].toSorted((a, b) => b.length - a.length)
  return largest.length * 2 >= beads.length ? largest : []
}

/** The first number below a numbered wrapper, in the way that the children of other numbered wrappers have. */
function scoped(plan: Plan, above: Prefix | null, [example]: readonly Prefix[]): Suggestion | null {
  if (above === null || example === undefined) return null
  return { prefix: write(plan, example, [...above.numbers, '1']), follows: 'plan' }
}

/** Prefixes whose numbers are those of the bead's wrapper and one more. */
function scopedOf({ beads }: Plan, cousins: readonly NumberedBead[]): Prefix[] {
  const wrappers = new Map(beads.filter(({ type }) => wrapperTypes.includes(type)).map((bead) => [bead.id, bead]))
  return cousins.flatMap(({ title, parent }) => {
    const own = prefixOf(title)
    const above = prefixOf((parent === null ? undefined : wrappers.get(parent)?.title) ?? '')
    if (own === null || above === null) return []
    return own.numbers.slice(0, -1).join('.') === above.numbers.join('.') ? [own] : []
  })
}

function offered(plan: Plan, like: Pick<Prefix, 'word' | 'joiner'>, numbers: readonly (string | number)[]): Suggestion {
  return { prefix: write(plan, { ...like, separator: ': ' }, numbers.map(String)), follows: 'none' }
}

/** The first free one from `numbers` on. Separators without a blank get one: what follows is a title. */
function write(plan: Plan, like: Pick<Prefix, 'word' | 'joiner' | 'separator'>, numbers: readonly string[]): string {
  let free = numbers
  while (plan.taken.has(nameOf({ ...like, numbers: free }))) free = raised(free)
  return `${nameOf({ ...like, numbers: free })}${like.separator.trimEnd()} `
}

/** The prefix without its separator: `E2.1`. */
export function nameOf({ word, joiner, numbers }: Pick<Prefix, 'word' | 'joiner' | 'numbers'>): string {
  return `${word}${joiner}${numbers.join('.')}`
}

/** The last number grows by one, and stays as wide as it was written. */
function raised(numbers: readonly string[]): string[] {
  const last = numbers.at(-1) ?? '0'
  return [...numbers.slice(0, -1), String(Number(last) + 1).padStart(last.startsWith('0') ? last.length : 0, '0')]
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (const [at, number] of a.entries()) {
    const difference = Number(number) - Number(b[at] ?? -1)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** The first letters of a wrapper's title: BOM for "Beads-only mode". */
function initialsOf(title: string): string {
  const words = title.match(/[A-Za-z]+/g) ?? []
  const initials = words
    .slice(0, 4)
    .map((word) => word.charAt(0))
    .join('')
  const short = initials.length > 1 ? initials : (words[0] ?? '').slice(0, 3)
  return short === '' ? 'T' : short.toUpperCase()
}
