import type { BeadSummary } from '../../../model/bead.ts'
import type { Tag } from '../../../model/tags.ts'
import { laneTitle } from './words.ts'

/** One thing to choose from a searched list. */
export interface PickChoice {
  readonly value: string
  readonly text: string
  /** More about it, for the eye and for the search. */
  readonly hint: string
}

/** The choices that hold every word, what is meant exactly first; at most so many. */
export function matching(choices: readonly PickChoice[], text: string, most: number): PickChoice[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const wanted = text.trim().toLowerCase()
  const found: PickChoice[] = []
  for (const choice of choices) {
    if (choice.value.toLowerCase() === wanted) found.unshift(choice)
    else if (found.length < most && words.every((word) => hayOf(choice).includes(word))) found.push(choice)
  }
  return found.slice(0, most)
}

/** Beads to choose from: open ones first, each with its id, title and lane. */
export function beadChoices(beads: readonly BeadSummary[], may: (bead: BeadSummary) => boolean): PickChoice[] {
  const allowed = beads.filter(may)
  const done = (bead: BeadSummary): boolean => bead.state === 'completed'
  return [...allowed.filter((bead) => !done(bead)), ...allowed.filter(done)].map(({ id, title, type, state }) => ({
    value: id,
    text: title,
    hint: `${id}, ${type}, ${laneTitle(state)}`,
  }))
}

/** A pill at length: its short name and its title, which may begin with that. */
export function tagWords({ text, title }: Pick<Tag, 'text' | 'title'>): string {
  if (title === '') return text
  return title.startsWith(text) ? title : `${text} · ${title}`
}

export function tagPicks(tags: readonly Tag[]): PickChoice[] {
  return tags.map(({ label, text, title, kind, bead }) => ({
    value: label,
    text: tagWords({ text, title }),
    hint: bead === null ? `${kind}, only used as a label` : `${kind} ${bead}`,
  }))
}

function hayOf({ value, text, hint }: PickChoice): string {
  return `${value} ${text} ${hint}`.toLowerCase()
}
