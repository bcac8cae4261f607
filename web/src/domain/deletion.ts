import type { BeadDetail, BeadSummary } from '../../../model/bead.ts'
import { decisionLabel, decisionNumber, milestoneLabel } from '../../../model/tags.ts'
import { visibleEdges } from './edges.ts'

/** What goes with a bead that is deleted for good, each in a sentence; and what stays, changed. */
export function deletionPoints(bead: BeadDetail, all: readonly BeadSummary[]): string[] {
  const children = all.filter(({ parent }) => parent === bead.id)
  const edges = visibleEdges(bead)
  const mine = edges.filter(({ mine: own }) => own).length
  const others = edges.filter((edge) => !edge.mine)
  const freed = others.map(({ other }) => other)
  const number = decisionNumber(bead)
  const tag = bead.type === 'milestone' ? milestoneLabel(bead.id) : number === null ? null : decisionLabel(number)
  const tagged = tag === null ? 0 : all.filter(({ id, labels }) => id !== bead.id && labels.includes(tag)).length
  return [
    `Its texts, ${counted(bead.labels.length, 'label')}, ${counted(bead.comments.length, 'comment')} and its history go.`,
    ...(mine > 0 ? [`${counted(mine, 'dependency', 'dependencies')} of it ${mine === 1 ? 'goes' : 'go'}.`] : []),
    ...(others.length > 0 ? [`What depends on it does so no longer: ${named(freed)}.`] : []),
    ...(children.length > 0
      ? [
          `${counted(children.length, 'bead')} ${children.length === 1 ? 'stays' : 'stay'} without a parent: ${named(children.map(({ id }) => id))}.`,
        ]
      : []),
    ...(tagged > 0
      ? [`${counted(tagged, 'bead')} ${tagged === 1 ? 'keeps' : 'keep'} the label ${tag}, which then names nothing.`]
      : []),
    `Texts of beads beside it that mention ${bead.id} say [deleted:${bead.id}] from then on.`,
  ]
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count === 0 ? 'no' : count} ${count === 1 ? one : many}`
}

function named(ids: readonly string[]): string {
  const rest = ids.length - 5
  return `${ids.slice(0, 5).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}
