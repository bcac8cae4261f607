import { createPool } from 'mysql2/promise'
import { expect, it, onTestFinished } from 'vitest'
import { holderOf } from '../model/bead.ts'
import { reconcile, sightingGap, type ReconcileAction } from '../model/reconcile.ts'
import { openBeads } from '../planes/work/beads-sql.ts'
import { createBeads } from '../planes/work/create-beads.ts'
import type { Processes } from '../temporal/processes.ts'
import { startDoltServer } from '../test/dolt-server.ts'
import { carryOut } from './reconcile-action.ts'
import { readDisagreeing } from './reconcile-input.ts'
import type { ReconcilerDeps } from './reconciler.ts'

const actor = { name: 'Ada', via: 'console' } as const

/** A bead that a session of ours holds; the session is over, with its work in the base. */
async function heldBead(closeReason: 'bead_done' | 'user_stop') {
  const server = await startDoltServer()
  onTestFinished(() => server.release())
  const login = { host: server.host, port: server.port, user: server.user, database: 'held' }
  await createBeads({ ...login, prefix: 'gm' })
  const work = await openBeads(login)
  onTestFinished(() => work.disconnect())
  const pool = createPool(login)
  onTestFinished(() => pool.end())
  const { id } = await work.create({ title: 'Work' }, { actor })
  await work.claim(id, holderOf('s1'), { actor, key: 's1-claim' })
  const session = { kind: 'session', id: 's1', open: false, state: null, view: { integratedAs: 'c0ffee', closeReason } }
  const host = { kind: 'host', id: 'local', open: true, view: { status: 'online' } }
  const deps = {
    project: { id: 'p' },
    work,
    store: {
      snapshot: async (_kind: string, wanted: string) => (wanted === 's1' ? session : undefined),
      snapshots: async ({ kind }: { kind: string }) => ({ items: kind === 'host' ? [host] : [], cursor: null }),
      append: async () => [],
    },
    announcements: async () => [{ host: 'local', panes: [] }],
  } as unknown as ReconcilerDeps
  const processes = {
    running: async () => ({ sessions: [], escalations: [], hosts: ['local'] }),
  } as unknown as Processes
  return {
    id,
    work,
    /** What `bd reopen` writes: it leaves the assignee. */
    reopenWithBd: () =>
      pool.query("UPDATE issues SET status = 'open', closed_at = NULL, close_reason = '' WHERE id = ?", [id]),
    /** Looks twice, and does what follows. */
    async reconcile(): Promise<ReconcileAction['kind'][]> {
      const input = { ...(await readDisagreeing(deps, processes)), seats: [] }
      const { sightings } = reconcile({ ...input, sightings: {}, now: 0 })
      const { actions } = reconcile({ ...input, sightings, now: sightingGap })
      for (const action of actions) await carryOut(action, deps, processes)
      return actions.map(({ kind }) => kind)
    },
  }
}

it('a bead that its session closed and a person reopens with bd stays open, and nobody holds it', async () => {
  const { id, work, reopenWithBd, reconcile } = await heldBead('bead_done')
  await work.close(id, { reason: 'Done', session: 's1', force: true }, { actor, key: 's1-close' })
  await reopenWithBd()
  expect(await reconcile()).toEqual(['release'])
  expect(await work.get(id)).toMatchObject({ status: 'open', assignee: null })
  expect(await reconcile()).toEqual([])
})

it('a bead whose work is in and that could not be closed is closed, once', async () => {
  const { id, work, reopenWithBd, reconcile } = await heldBead('user_stop')
  expect(await reconcile()).toEqual(['close'])
  expect(await work.get(id)).toMatchObject({ status: 'closed' })
  await reopenWithBd()
  await reconcile()
  expect(await work.get(id)).toMatchObject({ status: 'open', assignee: null })
})
