import type { Actor } from '../../../model/actor.ts'
import type { BeadPatch, NewBead } from '../../../model/bead.ts'
import type { WorkPlane } from '../../../model/work-plane.ts'
import type { Bd } from '../bd-program.ts'

/** One logical write, as a person makes it with `bd` and as Gemba makes it. */
export interface WriteScenario {
  readonly name: string
  /** Statements that give both databases the same rows before; `{}` stands for the ids' prefix. */
  readonly before?: readonly string[]
  bd(run: BdRun, bead: Ids): Promise<unknown>
  gemba(plane: WorkPlane, bead: Ids): Promise<unknown>
  /** Where Gemba writes something else on purpose, and why. */
  readonly deliberate?: readonly Deliberate[]
}

export interface Deliberate {
  readonly table: string
  readonly column: string
  /** What bd writes, after times and ids are made equal. */
  readonly bd: unknown
  readonly gemba: unknown
  readonly why: string
}

export type BdRun = (...args: string[]) => Promise<unknown>
/** The ids of the scenario's beads: `bead('a')`. */
export type Ids = (name: string) => string

export const ada: Actor = { name: 'Ada', via: 'console' }
export const by = { actor: ada }

/** The prefix of every id of a scenario. */
export function idsOf(scenario: WriteScenario): string {
  return `gm-${scenario.name.replace(/[^a-z0-9]+/gi, '').toLowerCase()}-`
}

export function runOf(bd: Bd): BdRun {
  return (...args) => bd.run([...args, '--json'])
}

export const later = '2030-01-02T03:04:05Z'

/** Why Gemba writes NULL. */
export const nothingIsNull = 'nobody and nothing are NULL, as in a new bead of bd, which later writes an empty text'

/** Both sides begin with the same bead, made by its own program. */
export function onBead(
  name: string,
  bd: (run: BdRun, id: string, bead: Ids) => Promise<unknown>,
  gemba: (plane: WorkPlane, id: string, bead: Ids) => Promise<unknown>,
  more: { readonly start?: Partial<NewBead>; readonly flags?: string[]; readonly deliberate?: Deliberate[] } = {},
): WriteScenario {
  return {
    name,
    bd: async (run, bead) => {
      await run('create', 'A bead', '--id', bead('a'), ...(more.flags ?? []))
      await bd(run, bead('a'), bead)
    },
    gemba: async (plane, bead) => {
      await plane.create({ title: 'A bead', id: bead('a'), ...more.start }, by)
      await gemba(plane, bead('a'), bead)
    },
    ...(more.deliberate === undefined ? {} : { deliberate: more.deliberate }),
  }
}

export function patched(
  name: string,
  flags: readonly string[],
  patch: BeadPatch,
  deliberate?: Deliberate[],
): WriteScenario {
  return onBead(
    `update ${name}`,
    (run, id) => run('update', id, ...flags),
    (plane, id) => plane.update(id, patch, by),
    deliberate === undefined ? {} : { deliberate },
  )
}

/** Beads `a` and `b`. */
export async function two(plane: WorkPlane, bead: Ids, more: Partial<NewBead> = {}): Promise<void> {
  for (const name of ['a', 'b']) await plane.create({ title: name, id: bead(name), ...more }, by)
}

/** The same by bd. */
export async function twoByBd(run: BdRun, bead: Ids, ...more: string[]): Promise<void> {
  for (const name of ['a', 'b']) await run('create', name, '--id', bead(name), ...more)
}
