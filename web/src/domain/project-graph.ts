import type { BeadSummary } from '../../../model/bead.ts'
import { wrapperTypes } from '../../../model/bead.ts'
import type { BeadGraph, Find, GraphEdge, GraphNode } from './graph.ts'
import { arrowsBetween, danglingOf, mostNodes, strongest } from './graph.ts'
import { loosePlace, placesOf, type Places } from './project-places.ts'

/** Stands for the beads that belong to no milestone or epic. */
export const looseKey = loosePlace

/** With more milestones and epics than this, those that belong to another one are folded into it. */
export const mostWrappers = 40

/**
 * The project as its milestones and epics, each with what it holds and with the dependencies between their beads drawn
 * together; what is in those of `unfolded` stands for itself. What is unfolded has at least half of the room. The order is
 * that of `all`, milestones before epics and what is open before what is done.
 */
export function projectGraph(all: readonly BeadSummary[], find: Find, unfolded: ReadonlySet<string>): BeadGraph {
  const places = placesOf(all, find)
  const folds = places.wrappers.length > mostWrappers
  const isSeen = (wrapper: BeadSummary): boolean => {
    const above = places.above(wrapper.id)
    return !folds || above.every((key) => unfolded.has(key))
  }
  const seen = places.wrappers.filter(isSeen).sort(byRank)
  const tops = [...(places.own(looseKey).length > 0 ? [null] : []), ...seen]
  const inside = [...unfolded].filter(isShown).flatMap((key) => places.own(key))
  const nodes = [
    ...within(tops, mostNodes - Math.min(inside.length, mostNodes / 2)).map(wrapperNode),
    ...inside.map(plainNode),
  ].slice(0, mostNodes)
  const drawn = new Set(nodes.map((node) => node.key))
  const standsFor = (id: string): string | null =>
    drawn.has(id) ? id : (places.above(id).find((key) => drawn.has(key)) ?? null)
  const arrows = strongest(arrowsBetween(all, standsFor), nodes.length)
  return {
    nodes,
    edges: [...arrows.kept, ...belonging(nodes, places, drawn)],
    leftOut: tops.length + inside.length - nodes.length,
    arrowsLeftOut: arrows.leftOut,
    foldedAway: places.wrappers.length - seen.length,
    dangling: danglingOf(all, find),
  }

  function isShown(key: string): boolean {
    return key === looseKey || seen.some((wrapper) => wrapper.id === key)
  }

  /** Those that are unfolded stay, where there is not room for all. */
  function within(wanted: readonly (BeadSummary | null)[], room: number): readonly (BeadSummary | null)[] {
    if (wanted.length <= room) return wanted
    const open = (bead: BeadSummary | null): boolean => unfolded.has(bead?.id ?? looseKey)
    const kept = new Set([...wanted.filter(open), ...wanted.filter((bead) => !open(bead))].slice(0, room))
    return wanted.filter((bead) => kept.has(bead))
  }

  function wrapperNode(bead: BeadSummary | null): GraphNode {
    const key = bead?.id ?? looseKey
    const canUnfold = places.own(key).length > 0 || (folds && places.isAbove(key))
    return { key, bead, holds: places.holds(key), unfolded: canUnfold ? unfolded.has(key) : null }
  }
}

/** Belonging is drawn from what the cascade knows: a label may name the milestone. */
function belonging(nodes: readonly GraphNode[], places: Places, drawn: ReadonlySet<string>): GraphEdge[] {
  return nodes.flatMap(({ key }) => {
    const above = places.above(key).find((one) => drawn.has(one))
    if (above === undefined || above === looseKey) return []
    return [{ from: above, to: key, kind: 'contains', count: 1 } as const]
  })
}

function plainNode(bead: BeadSummary): GraphNode {
  return { key: bead.id, bead, holds: null, unfolded: null }
}

/** Milestones before epics, what is open before what is done. */
function byRank(a: BeadSummary, b: BeadSummary): number {
  return rank(a) - rank(b)
}

function rank(bead: BeadSummary): number {
  const type = wrapperTypes.indexOf(bead.type)
  return (bead.state === 'completed' ? wrapperTypes.length : 0) + (wrapperTypes.length - type)
}
