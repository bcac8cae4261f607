import type { StateCategory } from './bead.ts'

/** The board's lanes, left to right; blocked is a mark, not a lane. */
export const laneTitles: readonly { readonly state: StateCategory; readonly title: string }[] = [
  { state: 'backlog', title: 'Backlog' },
  { state: 'unstarted', title: 'Next Up' },
  { state: 'staged', title: 'Staged' },
  { state: 'started', title: 'In Progress' },
  { state: 'completed', title: 'Done' },
]
