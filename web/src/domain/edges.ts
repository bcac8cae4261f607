import { blockingKinds, type BeadDetail } from '../../../model/bead.ts'

/** An edge as it is seen from one of its beads. */
export interface SeenEdge {
  readonly other: string
  readonly kind: string
  /** "waits for", "holds back", "is related to": read with this bead before it and the other after. */
  readonly says: string
  /** The bead itself depends, and can stop to. */
  readonly mine: boolean
}

/** Kinds that a person can choose, with the words that stand between this bead and the other. */
export const edgeKinds = [
  { kind: 'blocks', says: 'waits for', back: 'holds back' },
  { kind: 'conditional-blocks', says: 'waits, if it fails, for', back: 'holds back, if it fails' },
  { kind: 'waits-for', says: 'waits for all children of', back: 'with its children holds back' },
  { kind: 'related', says: 'is related to', back: 'is related to' },
  { kind: 'discovered-from', says: 'was found while working on', back: 'led to' },
  { kind: 'duplicates', says: 'says the same as', back: 'is said again by' },
  { kind: 'supersedes', says: 'takes the place of', back: 'is replaced by' },
] as const

/** The edges at a bead, but for those that make it a child or a parent: what it depends on first. */
export function visibleEdges(bead: Pick<BeadDetail, 'dependencies' | 'dependents'>): SeenEdge[] {
  const isShown = ({ kind }: { readonly kind: string }): boolean => kind !== 'parent-child'
  return [
    ...bead.dependencies.filter(isShown).map(({ to, kind }) => {
      return { other: to, kind, says: wordsOf(kind)?.says ?? `${kind}:`, mine: true }
    }),
    ...bead.dependents.filter(isShown).map(({ from, kind }) => {
      return { other: from, kind, says: wordsOf(kind)?.back ?? `${kind}, from`, mine: false }
    }),
  ]
}

/** Whether an edge of this kind keeps a bead from being started. */
export function holdsBack(kind: string): boolean {
  return blockingKinds.includes(kind)
}

function wordsOf(kind: string): (typeof edgeKinds)[number] | undefined {
  return edgeKinds.find((known) => known.kind === kind)
}
