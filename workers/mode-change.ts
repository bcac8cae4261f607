import type { ModeChange } from '../api/full-mode.ts'
import { GembaError } from '../model/error.ts'
import type { SourceSelection } from '../model/mode.ts'
import { isBdFound } from '../planes/work/bd/bd-program.ts'
import { urlAddress } from '../runtime/beads-source.ts'
import { isLoopback } from '../runtime/listen-address.ts'
import type { BeadsServerSettings } from '../runtime/settings.ts'
import type { Store } from '../store/store.ts'
import type { Processes } from '../temporal/processes.ts'
import { changeGate } from './change-gate.ts'

/** Sessions that a refusal names. */
const named = 5

/** How long changes that are being written are waited for, in milliseconds. */
const drainMs = 15_000

export interface ModeChangeDeps {
  readonly project: string
  readonly store: Pick<Store, 'snapshots'>
  /** The Beads database of the project. */
  readonly beads: Pick<BeadsServerSettings, 'host' | 'port' | 'embedded'> | { readonly embedded: false }
  readonly processes: () => Pick<Processes, 'seats'> | undefined
  /** Fails when a source can not be used. */
  readonly tryOut: (selection: SourceSelection) => Promise<void>
  /** Tells the supervisor, which ends this process and all that belongs to full mode. */
  readonly tell: (selection: SourceSelection) => void
}

/**
 * From full mode to Beads-only mode while Gemba runs (seed 001, 3): refused while agents are at work (`work_live`), and
 * nothing is begun between the look at them and the end of the process.
 */
export function modeChange({ project, store, beads, processes, tryOut, tell }: ModeChangeDeps): ModeChange {
  const gate = changeGate(drainMs)
  let leaving = false

  async function refuseWhileLive(): Promise<void> {
    const running = processes()
    if (running === undefined) throw new GembaError('temporal_unavailable', { why: 'there is no connection yet' })
    const [seats, { items }] = await Promise.all([
      running.seats(),
      store.snapshots({ kind: 'session', project, open: true, limit: 100 }),
    ])
    const live = new Set((seats ?? []).map(({ bead }) => bead))
    for (const { view } of items) live.add((view as { readonly bead: string }).bead)
    if (live.size === 0) return
    const first = [...live].slice(0, named).join(', ')
    throw new GembaError('work_live', { beads: live.size > named ? `${first} and ${live.size - named} more` : first })
  }

  /** The Dolt server that Gemba runs for the project ends with full mode. */
  function refuseOwn(selection: SourceSelection): void {
    if (selection.kind !== 'url' || !beads.embedded) return
    const { host, port } = urlAddress(selection.url)
    if (port !== beads.port || !isLoopback(host)) return
    const why = 'this Dolt server belongs to the project and ends with full mode; its beads are on the board already'
    throw new GembaError('source_invalid', { why })
  }

  return {
    during(run) {
      if (leaving) return Promise.reject(new GembaError('source_changed', {}))
      return gate.during(run)
    },
    bdFound: isBdFound,
    async leave(selection) {
      if (leaving) throw new GembaError('source_changed', {})
      refuseOwn(selection)
      await refuseWhileLive()
      await tryOut(selection)
      await gate.closedWhile(async () => {
        await refuseWhileLive()
        leaving = true
        tell(selection)
      })
    },
  }
}
