import type { Surface } from './mode.ts'

/** A part of the product that a mode may lack: how it is called, and which addresses lead to it. */
export interface SurfaceName {
  /** Above its page in the console. */
  readonly title: string
  /** What is told to be missing, at the begin of a sentence. */
  readonly what: string
  /** First parts of its addresses, in the console and behind `/api/v1/`. */
  readonly leads: readonly string[]
}

/** Where a mode lacks one of these, console and API say so at every address that leads to it (seed 001, 5). */
export const surfaceNames: Readonly<Partial<Record<Surface, SurfaceName>>> = {
  history: { title: 'Beads history', what: 'The Beads history', leads: ['beads-history'] },
  sessions: { title: 'Sessions', what: 'The work of agents in sessions', leads: ['sessions'] },
  dispatch: { title: 'Dispatch', what: 'Dispatching beads to agents', leads: ['dispatch', 'parked'] },
  cascades: { title: 'Cascade', what: 'Dispatching a cascade of beads', leads: ['cascade', 'cascades'] },
  escalations: { title: 'Inbox', what: 'The inbox of escalations', leads: ['inbox', 'escalations'] },
  hosts: { title: 'Hosts', what: 'The work of agent hosts', leads: ['hosts', 'host-stream'] },
  walk: { title: 'Gemba Walk', what: 'Gemba Walk', leads: ['walk', 'walks'] },
  review: { title: 'Review', what: 'The review and triage of work', leads: ['review', 'reviews', 'triage'] },
  'orchestration-setup': {
    title: 'Set-up',
    what: 'The set-up of orchestration',
    leads: ['setup', 'orchestration'],
  },
  'project-onboarding': { title: 'Onboarding', what: 'The onboarding of a project', leads: ['onboarding', 'projects'] },
}

/** The surface that an address leads to, by its first part. */
export function surfaceAt(lead: string): Surface | undefined {
  const found = Object.entries(surfaceNames).find(([, { leads }]) => leads.includes(lead))
  return found?.[0] as Surface | undefined
}
