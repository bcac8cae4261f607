/** Pills of beads: labels that name a decision bead (`d:<n>`) or a milestone (`milestone:<bead-id>`) (seed 001, 8). */
import { limits, type BeadSummary } from './bead.ts'
import { nameOf, prefixOf } from './numbering.ts'

export interface Tag {
  readonly kind: 'decision' | 'milestone'
  /** What is stored. */
  readonly label: string
  /** What a pill says: `D7`, or the milestone's number or id. */
  readonly text: string
  /** Of the bead that it names; empty when that is not in the database. */
  readonly title: string
  readonly bead: string | null
}

export type TaggedBead = Pick<BeadSummary, 'id' | 'title' | 'type' | 'labels'>

const decisionForm = /^d:(0|[1-9]\d{0,5})$/
const milestoneMark = 'milestone:'

export function decisionLabel(number: number): string {
  return `d:${number}`
}

export function milestoneLabel(bead: string): string {
  return milestoneMark + bead
}

/** Whether the label is a pill, and not one that people wrote to group beads. */
export function isTag(label: string): boolean {
  return decisionForm.test(label) || (label.startsWith(milestoneMark) && label.length > milestoneMark.length)
}

/** The number of a decision bead: of its title (`D7: …`), else of its own label; null when it has none. */
export function decisionNumber(bead: TaggedBead): number | null {
  if (bead.type !== 'decision') return null
  const prefix = prefixOf(bead.title)
  if (prefix !== null && /^d(ecision)?$/i.test(prefix.word) && prefix.numbers.length === 1) {
    return Number(prefix.numbers[0])
  }
  const [number] = bead.labels.flatMap((label) => numberIn(label) ?? [])
  return number ?? null
}

/** A number that no decision bead has and no label names. */
export function nextDecisionNumber(beads: Iterable<TaggedBead>): number {
  let last = 0
  for (const bead of beads) {
    last = Math.max(last, decisionNumber(bead) ?? 0, ...bead.labels.map((label) => numberIn(label) ?? 0))
  }
  return last + 1
}

/** What pills can be made of, read once for a set of beads. */
export interface TagIndex {
  readonly decisions: ReadonlyMap<number, TaggedBead>
  readonly milestones: ReadonlyMap<string, TaggedBead>
  /** Pill labels in use anywhere. */
  readonly labels: ReadonlySet<string>
}

export function indexTags(beads: Iterable<TaggedBead>): TagIndex {
  const decisions = new Map<number, TaggedBead>()
  const milestones = new Map<string, TaggedBead>()
  const labels = new Set<string>()
  for (const bead of beads) {
    const number = decisionNumber(bead)
    if (number !== null && !decisions.has(number)) decisions.set(number, bead)
    if (bead.type === 'milestone') milestones.set(bead.id, bead)
    for (const label of bead.labels) if (isTag(label)) labels.add(label)
  }
  return { decisions, milestones, labels }
}

/** The pills among a bead's labels: milestones first, then decisions by number. */
export function tagsOf(labels: readonly string[], index: TagIndex): Tag[] {
  return labels.flatMap((label) => tagOf(label, index) ?? []).toSorted(byPlace)
}

/** Every pill that can be chosen: of milestones, of numbered decision beads, and those that are in use already. */
export function tagChoices(index: TagIndex): Tag[] {
  const labels = new Set([
    ...[...index.milestones.keys()].map(milestoneLabel),
    ...[...index.decisions.keys()].map(decisionLabel),
    ...index.labels,
  ])
  return tagsOf([...labels].filter(fits), index)
}

/** A label has room for the ids of all but the longest milestones. */
function fits(label: string): boolean {
  return new TextEncoder().encode(label).length <= limits.label
}

function tagOf(label: string, { decisions, milestones }: TagIndex): Tag | null {
  const number = numberIn(label)
  if (number !== null) {
    const bead = decisions.get(number)
    return { kind: 'decision', label, text: `D${number}`, title: bead?.title ?? '', bead: bead?.id ?? null }
  }
  if (!isTag(label)) return null
  const id = label.slice(milestoneMark.length)
  const bead = milestones.get(id)
  const prefix = bead === undefined ? null : prefixOf(bead.title)
  const text = prefix === null ? id : nameOf(prefix)
  return { kind: 'milestone', label, text, title: bead?.title ?? '', bead: bead?.id ?? null }
}

function numberIn(label: string): number | null {
  const digits = decisionForm.exec(label)?.[1]
  return digits === undefined ? null : Number(digits)
}

function byPlace(a: Tag, b: Tag): number {
  if (a.kind !== b.kind) return a.kind === 'milestone' ? -1 : 1
  const byNumber = (numberIn(a.label) ?? 0) - (numberIn(b.label) ?? 0)
  return byNumber || (a.label < b.label ? -1 : a.label > b.label ? 1 : 0)
}
