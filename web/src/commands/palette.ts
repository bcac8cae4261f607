import type { BeadSummary } from '../../../model/bead.ts'
import type { SessionView } from '../../../model/session.ts'
import type { IconName } from '../components/ui/icons.ts'
import { laneTitle, typeIcon } from '../domain/words.ts'
import type { Command } from './table.ts'

export interface PaletteEntry {
  readonly kind: 'command' | 'bead' | 'session'
  readonly id: string
  readonly title: string
  readonly hint: string
  readonly icon: IconName
}

const shownAtMost = 40

/** Of the beads that the search found, as many as the palette can show: open ones before done ones. */
export function foundFirst(
  ids: Iterable<string>,
  find: (id: string) => BeadSummary | undefined,
): readonly BeadSummary[] {
  const open: BeadSummary[] = []
  const done: BeadSummary[] = []
  for (const id of ids) {
    const bead = find(id)
    if (bead === undefined) continue
    const kind = bead.state === 'completed' ? done : open
    if (kind.length < shownAtMost) kind.push(bead)
    if (open.length === shownAtMost) break
  }
  return [...open, ...done].slice(0, shownAtMost)
}

/** What matches every word of `text`: commands first, then sessions, then beads; open beads before done ones. */
export function paletteEntries(
  text: string,
  commands: readonly Command[],
  sessions: readonly SessionView[],
  beads: readonly BeadSummary[],
): PaletteEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const found: PaletteEntry[] = []
  const take = (entry: PaletteEntry, more = ''): void => {
    if (found.length >= shownAtMost) return
    const hay = ` ${entry.title} ${entry.id} ${entry.hint} ${more}`.toLowerCase()
    // A command is found by how its words begin, the rest by any part of them.
    const begin = entry.kind === 'command' ? ' ' : ''
    if (words.every((word) => hay.includes(begin + word))) found.push(entry)
  }
  for (const { id, title, group, synonyms } of commands)
    take({ kind: 'command', id, title, hint: group, icon: 'chevron' }, synonyms)
  if (words.length === 0) return found
  for (const session of sessions)
    take({
      kind: 'session',
      id: session.id,
      title: session.beadTitle,
      hint: `session of ${session.bead}, ${session.agent}`,
      icon: 'terminal',
    })
  const open = beads.filter((bead) => bead.state !== 'completed')
  const done = beads.filter((bead) => bead.state === 'completed')
  for (const bead of [...open, ...done])
    take(
      {
        kind: 'bead',
        id: bead.id,
        title: bead.title,
        hint: `${bead.id}, ${laneTitle(bead.state)}`,
        icon: typeIcon(bead.type),
      },
      `${bead.assignee ?? ''} ${bead.labels.join(' ')}`,
    )
  return found
}
