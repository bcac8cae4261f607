import type { BeadDetail, NewBead } from '../../../model/bead.ts'
import { sessionOfHolder } from '../../../model/bead.ts'

/** The request that writes a deleted bead once more: under its id, with what it named as far as that `exists`. */
export function beadAgain(bead: BeadDetail, exists: (id: string) => boolean): NewBead {
  const { id, title, type, priority, description, design, acceptance, notes, labels, metadata } = bead
  const { externalRef, estimatedMinutes, dueAt, deferUntil, assignee, parent } = bead
  const dependencies = bead.dependencies
    .filter(({ to, kind }) => kind !== 'parent-child' && (exists(to) || to.startsWith('external:')))
    .map(({ to, kind }) => ({ to, kind }))
  const texts = { title, description, design, acceptance, notes }
  const facts = { type, priority, labels, metadata, externalRef, estimatedMinutes, dueAt, deferUntil, dependencies }
  return {
    id,
    ...texts,
    ...facts,
    ...(['deferred', 'closed'].includes(bead.status) ? { status: bead.status } : {}),
    ...(assignee !== null && sessionOfHolder(assignee) === undefined ? { assignee } : {}),
    ...(parent !== null && exists(parent) ? { parent } : {}),
  }
}
