/** What tests of a bead's panel and dialogs point at. */
import type { Locator } from '@playwright/test'
import type { BeadSummary } from '../../model/bead.ts'
import type { ConsoleBench } from './console-bench.ts'
import { makeBead } from './sample.ts'

export interface BeadParts {
  panel(): Locator
  tab(name: string): Locator
  dialog(): Locator
}

export function beadParts(bench: ConsoleBench): BeadParts {
  const panel = (): Locator => bench.page.locator('aside')
  return {
    panel,
    tab: (name) => panel().getByRole('tab', { name }),
    dialog: () => bench.page.getByRole('dialog'),
  }
}

/** Titles that would do harm if they were anything but text. */
export const hostileTitles: readonly string[] = [
  '--help',
  '<img src=x onerror="window.hit=1">',
  '\u{1F600}'.repeat(120),
  'ü'.repeat(250),
]

/** A plan that numbers its milestones and epics, with a decision. */
export const numberedPlan: readonly BeadSummary[] = [
  makeBead('lan-50', 'M1: Open', { type: 'milestone' }),
  makeBead('lan-51', 'M2: Grow', { type: 'milestone' }),
  makeBead('lan-1', 'M3: Later', { type: 'milestone' }),
  makeBead('lan-52', 'E1.1: Doors', { type: 'epic', parent: 'lan-50' }),
  makeBead('lan-2', 'E1.2: Booking', { type: 'epic', parent: 'lan-50' }),
  makeBead('lan-11', 'D7: Keep bookings for a year', { type: 'decision' }),
  makeBead('lan-53', 'BOO-1: Ask', { parent: 'lan-52' }),
]
