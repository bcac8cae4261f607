import { isWork, type BeadSummary } from '../../../model/bead.ts'
import { priorityChoices } from './words.ts'

/** The two parts of the backlog: what was put off, and what is not yet ready to be worked. */
export type BacklogPart = 'deferred' | 'refine'

/** What holds when nothing is left to refine. */
export const refinedWords = 'All open work is staged, or has a parent and says when it is done.'

export const backlogParts = [
  {
    part: 'deferred',
    title: 'Deferred',
    teach: 'Nothing is put off. Beads that are deferred, or open from a later day on, stand here.',
  },
  {
    part: 'refine',
    title: 'To refine',
    teach: `Nothing is left to refine. ${refinedWords}`,
  },
] as const satisfies readonly { part: BacklogPart; title: string; teach: string }[]

/** A line of the backlog. The first two head what follows. */
export type BacklogLine =
  | {
      readonly kind: 'part'
      readonly key: string
      readonly part: (typeof backlogParts)[number]
      readonly count: number
    }
  | { readonly kind: 'priority'; readonly key: string; readonly priority: number; readonly count: number }
  | { readonly kind: 'bead'; readonly key: string; readonly bead: BeadSummary }

/** What a bead lacks before it can be worked well, in words. Only work needs acceptance criteria and a parent. */
export function missingOf({ type, hasAcceptance, parent }: BeadSummary): string[] {
  if (!isWork(type)) return []
  return [...(hasAcceptance ? [] : ['no acceptance']), ...(parent === null ? ['no epic'] : [])]
}

/**
 * Where a bead stands in the backlog at `now` (milliseconds), or null when it does not. Deferred is what has that
 * status, a status that Gemba does not know, or a day ahead on which it comes back. To be refined is open work that
 * nobody staged and that lacks something. A priority is never missing: every bead has one.
 */
export function backlogPartOf(bead: BeadSummary, now: number): BacklogPart | null {
  if (bead.state === 'backlog') return 'deferred'
  if (bead.state !== 'unstarted' && bead.state !== 'staged') return null
  if (bead.deferUntil !== null && Date.parse(bead.deferUntil) > now) return 'deferred'
  return bead.state === 'unstarted' && missingOf(bead).length > 0 ? 'refine' : null
}

/**
 * Both parts with their beads by priority, oldest first. `allGroups`: also priorities of which there is none yet. `kept`
 * is being written in, and stays whatever becomes of it meanwhile.
 */
export function backlogLines(
  beads: readonly BeadSummary[],
  now: number,
  allGroups: boolean,
  kept: string | null = null,
): BacklogLine[] {
  const groups = new Map<string, BeadSummary[]>()
  for (const bead of beads) {
    const part = backlogPartOf(bead, now) ?? (bead.id === kept ? 'refine' : null)
    if (part === null) continue
    const key = `${part} ${bead.priority}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [bead])
    else group.push(bead)
  }
  return backlogParts.flatMap((part) => {
    const lines = priorityChoices.flatMap(({ value }) => {
      const group = (groups.get(`${part.part} ${value}`) ?? []).toSorted(oldestFirst)
      if (group.length === 0 && !allGroups) return []
      const key = `${part.part} ${value}`
      const head: BacklogLine = { kind: 'priority', key, priority: value, count: group.length }
      return [head, ...group.map((bead): BacklogLine => ({ kind: 'bead', key: bead.id, bead }))]
    })
    const count = lines.filter((line) => line.kind === 'bead').length
    const head: BacklogLine = { kind: 'part', key: part.part, part, count }
    return count === 0 ? [head] : [head, ...lines]
  })
}

function oldestFirst(a: BeadSummary, b: BeadSummary): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1
  return a.id < b.id ? -1 : 1
}
