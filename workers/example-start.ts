import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { readExample } from '../agent/scripted/example.ts'
import { system } from '../model/actor.ts'
import { GembaError } from '../model/error.ts'
import type { WorkPlane } from '../model/work-plane.ts'
import type { ServerSettings } from '../runtime/settings.ts'
import type { Store } from '../store/store.ts'
import type { Commands } from '../temporal/commands.ts'
import { exampleFolder } from './example-seed.ts'

export interface ExampleStartDeps {
  readonly settings: Pick<ServerSettings, 'project'>
  readonly store: Store
  readonly commands: Commands
  readonly opened: Promise<WorkPlane>
  readonly logger: Logger
}

const hostWaitMs = 250
const roomWaitMs = 2_000

/** The first time the example runs, its first beads are started, so that there is something to see. Never again after that. */
export async function startExample({ settings, store, commands, opened, logger }: ExampleStartDeps): Promise<void> {
  const sessions = await store.snapshots({ kind: 'session', project: settings.project.id, limit: 1 })
  if (sessions.items.length > 0) return
  await opened
  const example = await readExample(exampleFolder())
  const items = example.beads.filter((bead) => bead.start).map((bead) => ({ bead: bead.id }))
  for (let attempt = 0; attempt < 240; attempt += 1) {
    const results = await whenThereIsRoom(() =>
      commands.dispatch({
        items,
        key: `example-start-${attempt}`,
        actor: { ...system, why: 'The example begins.' },
      }),
    )
    const waiting = results.filter((result) => !result.admitted && result.code === 'host_offline')
    if (waiting.length === 0) return
    await pause(hostWaitMs)
  }
  logger.warn('the example could not start its first beads: no host came')
}

/** Asks again while the disk is short of room, however long that is. */
async function whenThereIsRoom<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof GembaError) || error.code !== 'disk_low') throw error
    }
    await pause(roomWaitMs, undefined, { ref: false })
  }
}
