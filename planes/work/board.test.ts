import { createConnection, type Connection } from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Board, BoardChange } from '../../model/board.ts'
import type { WorkPlane } from '../../model/work-plane.ts'
import { startDoltServer, type DoltServer } from '../../test/dolt-server.ts'
import { openBeads } from './beads-sql.ts'
import { openBoard } from './board.ts'
import { createBeads } from './create-beads.ts'

const by = { actor: { name: 'Ada', via: 'console' } } as const

let server: DoltServer
let work: WorkPlane
let other: WorkPlane
/** Some program that knows nothing of Gemba. */
let outsider: Connection
const releases: (() => Promise<void>)[] = []

beforeAll(async () => {
  server = await startDoltServer()
  const login = { host: server.host, port: server.port, user: server.user, database: 'board' }
  await createBeads({ ...login, prefix: 'gm' })
  work = await openBeads(login)
  other = await openBeads(login)
  outsider = await createConnection(login)
})
afterEach(async () => {
  for (const release of releases.splice(0)) await release()
})
afterAll(async () => {
  await Promise.all([work.disconnect(), other.disconnect(), outsider.end()])
  await server.release()
})

async function watched(intervalMs: number): Promise<{ board: Board; seen: BoardChange[] }> {
  const board = await openBoard(work, { intervalMs })
  releases.push(() => board.close())
  const seen: BoardChange[] = []
  board.onChange((change) => seen.push(change))
  return { board, seen }
}

const never = 1_000_000

describe('board', () => {
  it('shows what is there, by priority, then newest first', async () => {
    const low = await other.create({ title: 'low', priority: 4 }, by)
    const high = await other.create({ title: 'high', priority: 0 }, by)
    const { board } = await watched(never)
    const ids = board.all().map((bead) => bead.id)
    expect(ids.indexOf(high.id)).toBeLessThan(ids.indexOf(low.id))
    expect(board.get(low.id)?.title).toBe('low')
    expect(board.get('nothing')).toBe(undefined)
    expect(board.health().healthy).toBe(true)
  })

  it('sees by itself what another connection wrote', async () => {
    const { board, seen } = await watched(20)
    const made = await other.create({ title: 'made elsewhere' }, by)
    await vi.waitFor(() => expect(board.get(made.id)?.title).toBe('made elsewhere'), { timeout: 20_000 })
    await other.update(made.id, { title: 'changed' }, by)
    await vi.waitFor(() => expect(board.get(made.id)?.title).toBe('changed'), { timeout: 20_000 })
    await other.delete(made.id, by)
    await vi.waitFor(() => expect(board.get(made.id)).toBe(undefined), { timeout: 20_000 })
    expect(seen.flatMap((change) => change.changed.map((bead) => bead.title))).toEqual(['made elsewhere', 'changed'])
    expect(seen.flatMap((change) => change.deleted)).toEqual([made.id])
  })

  it('shows every write that ended before a refresh, also when an earlier look is still under way', async () => {
    const made = await other.create({ title: 'a' }, by)
    const held = Promise.withResolvers<undefined>()
    const looks: string[] = []
    const slow: WorkPlane = {
      ...work,
      changes: async (cursor) => {
        const seen = await work.changes(cursor)
        looks.push(cursor)
        if (looks.length === 1) await held.promise
        return seen
      },
    }
    const board = await openBoard(slow, { intervalMs: never })
    releases.push(() => board.close())
    const early = board.refresh()
    await vi.waitFor(() => expect(looks).toHaveLength(1), { timeout: 20_000 })
    await other.update(made.id, { title: 'b' }, by)
    const later = Promise.all([board.refresh(), board.refresh()])
    held.resolve(undefined)
    await early
    await later
    expect(board.get(made.id)?.title).toBe('b')
    expect(looks).toHaveLength(2)
  })

  it('tells neighbours that a change frees, and nothing that stayed the same', async () => {
    const blocker = await other.create({ title: 'blocker' }, by)
    const held = await other.create({ title: 'held', dependencies: [{ to: blocker.id, kind: 'blocks' }] }, by)
    const { board, seen } = await watched(never)
    expect(board.get(held.id)?.ready).toBe(false)
    await board.refresh()
    expect(seen).toEqual([])
    const closed = await other.close(blocker.id, { reason: '' }, by)
    await board.refresh()
    expect(seen).toHaveLength(1)
    expect(new Set(seen[0]?.changed.map((bead) => bead.id))).toEqual(new Set([blocker.id, held.id]))
    expect(board.get(held.id)?.ready).toBe(true)
    expect(board.get(blocker.id)?.revision).toBeGreaterThan(closed.revision)
  })

  it('tells a text that is written anew within the same second, and nothing twice', async () => {
    const bead = await other.create({ title: 'a', description: 'first' }, by)
    const friend = await other.create({ title: 'friend' }, by)
    const { board, seen } = await watched(never)
    const write = async (description: string) => {
      await outsider.query('UPDATE issues SET description = ?, updated_at = updated_at WHERE id = ?', [
        ...[description, bead.id],
      ])
      await board.refresh()
    }
    const told = () =>
      seen.splice(0).flatMap(({ changed, sameSummary }) => [changed.map((each) => each.id), sameSummary])
    await write('second')
    expect(told()).toEqual([[bead.id], [bead.id]])
    expect(board.get(bead.id)?.revision).toBeGreaterThan(bead.revision)
    await write('third')
    expect(told()).toEqual([[bead.id], [bead.id]])
    await outsider.query("UPDATE issues SET title = 'friends', updated_at = updated_at WHERE id = ?", [friend.id])
    await board.refresh()
    // The other one is still not committed, and looked at once more.
    expect(told()).toEqual([[friend.id], []])
  })

  it('frees a deferred bead when its time has come, though nobody wrote', async () => {
    const later = Date.now() + 3_600_000
    const deferred = await other.create({ title: 'later', deferUntil: new Date(later).toISOString() }, by)
    const { board } = await watched(50)
    expect(board.get(deferred.id)?.ready).toBe(false)
    vi.useFakeTimers({ toFake: ['Date'], now: later + 1_000 })
    releases.push(async () => void vi.useRealTimers())
    await vi.waitFor(() => expect(board.get(deferred.id)?.ready).toBe(true), { timeout: 20_000 })
  })

  it('survives a database that is killed and started again', async () => {
    const kept = await other.create({ title: 'kept' }, by)
    const { board } = await watched(50)
    const health: boolean[] = []
    board.onHealth((each) => health.push(each.healthy))
    await server.kill()
    await vi.waitFor(() => expect(board.health().healthy).toBe(false), { timeout: 20_000 })
    expect(board.health().why).toContain('can not be reached')
    expect(board.get(kept.id)?.title).toBe('kept')
    await expect(board.refresh()).rejects.toMatchObject({ code: 'work_plane_unavailable' })
    await expect(work.update(kept.id, { title: 'x' }, by)).rejects.toMatchObject({ code: 'work_plane_unavailable' })
    await server.restart()
    const made = await other.create({ title: 'after' }, by)
    await vi.waitFor(() => expect(board.get(made.id)?.title).toBe('after'), { timeout: 20_000 })
    expect(board.get(kept.id)?.title).toBe('kept')
    expect(health).toEqual([false, true])
  })

  it('says nothing more once it is closed', async () => {
    const { board, seen } = await watched(20)
    await board.close()
    const made = await other.create({ title: 'late' }, by)
    await work.cursor()
    expect(board.get(made.id)).toBe(undefined)
    expect(seen).toEqual([])
  })
})
