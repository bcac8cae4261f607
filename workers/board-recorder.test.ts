import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { BeadSummary } from '../model/bead.ts'
import type { WorkPlane } from '../model/work-plane.ts'
import { openBoard } from '../planes/work/board.ts'
import { MemoryExchange } from '../api/testing/memory-exchange.ts'
import { openStore } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'
import { recordBoard } from './board-recorder.ts'
import { openLate } from './late-work-plane.ts'

const folder = mkdtempSync(join(tmpdir(), 'gemba-recorder-'))
const logger = pino({ level: 'silent' })

let store: Store
let titles: Record<string, string> = { 'a-1': 'one', 'a-2': 'two', 'a-3': 'three' }

beforeAll(async () => {
  store = await openStore({ at: { folder } })
})
afterAll(async () => {
  await store?.close()
  rmSync(folder, { recursive: true, force: true })
})

function plane(): WorkPlane {
  const list = () => Promise.resolve(Object.entries(titles).map(([id, title]) => ({ id, title }) as BeadSummary))
  const beads = { cursor: () => Promise.resolve('c'), changes: () => Promise.resolve(null), list }
  return { ...beads, disconnect: () => Promise.resolve() } as unknown as WorkPlane
}

/** One life of a server, from its start until it has read all beads; what it told, in short. */
async function life(open: () => Promise<WorkPlane>): Promise<string[]> {
  const before = await store.lastEvent()
  const stop = new AbortController()
  const late = openLate(async () => ({ raw: await open(), exchange: new MemoryExchange() }), stop.signal)
  const board = await openBoard(late.plane, { intervalMs: 20 })
  const release = recordBoard(board, store, logger)
  await vi.waitFor(() => expect(board.health().healthy).toBe(true), 10_000)
  await board.close()
  await vi.waitFor(async () => expect(await told()).not.toEqual([]), 10_000)
  await release()
  stop.abort()
  return (await bodies()).flatMap((body) => {
    if (body.kind === 'bead.changed') return [`${body.bead.id} ${body.bead.title}`]
    return body.kind === 'bead.deleted' ? [`${body.bead} gone`] : []
  })

  async function bodies() {
    return (await store.events({ after: before, limit: 100 })).map(({ body }) => body)
  }
  /** The word of a healthy work plane comes after all that was there before. */
  async function told() {
    return (await bodies()).filter((body) => body.kind === 'work-plane.changed' && body.healthy)
  }
}

it.each([
  ['at once', () => Promise.resolve(plane())],
  ['late', () => new Promise<WorkPlane>((resolve) => setTimeout(() => resolve(plane()), 200))],
])(
  'tells each bead once, and after a restart only what differs (beads that are there %s)',
  async (_, open) => {
    titles = { 'a-1': 'one', 'a-2': 'two', 'a-3': 'three' }
    await life(open)
    expect(await life(open)).toEqual([])
    titles = { 'a-1': 'one', 'a-2': 'changed', 'a-4': 'new' }
    expect((await life(open)).sort()).toEqual(['a-2 changed', 'a-3 gone', 'a-4 new'])
    titles = {}
    expect((await life(open)).sort()).toEqual(['a-1 gone', 'a-2 gone', 'a-4 gone'])
    titles = { 'a-1': 'one' }
    expect(await life(open)).toEqual(['a-1 one'])
  },
  120_000,
)

it('tells a bead whose summary says the same, when something else of it was written', async () => {
  titles = { 'b-1': 'one', 'b-2': 'two' }
  let text = 'first'
  let read = 'first'
  const moving: WorkPlane = {
    ...plane(),
    changes: async () => (read === text ? null : { cursor: (read = text), beads: ['b-1', 'b-2'] }),
    summaries: async () => moving.list(),
    digests: async () => new Map([['b-2', text]]),
  }
  const board = await openBoard(moving, { intervalMs: 1_000_000 })
  const release = recordBoard(board, store, logger)
  const all = () => store.events({ after: 0, limit: 1_000 })
  await vi.waitFor(async () => expect(JSON.stringify(await all())).toContain('b-2'), 10_000)
  const { length: before } = await all()
  text = 'second'
  await board.refresh()
  text = 'third'
  await board.refresh()
  await board.close()
  await release()
  const told = (await all()).slice(before).map(({ body }) => (body.kind === 'bead.changed' ? body.bead.id : body.kind))
  expect(told).toEqual(['b-2', 'b-2'])
})
