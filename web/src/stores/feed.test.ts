import { describe, expect, it, vi } from 'vitest'
import type { GembaEvent } from '../../../model/event.ts'
import type { FeedSource } from './feed.ts'
import { createFeed } from './feed.ts'

/** An event stream that the test speaks through. */
function makeSource() {
  const listeners = new Map<string, ((event: { readonly data?: unknown }) => void)[]>()
  const source = {
    closed: false,
    addEventListener(kind: string, listener: (event: { readonly data?: unknown }) => void) {
      listeners.set(kind, [...(listeners.get(kind) ?? []), listener])
    },
    close() {
      source.closed = true
    },
    say(kind: string, data?: unknown) {
      for (const listener of listeners.get(kind) ?? []) listener({ data })
    },
  }
  return source satisfies FeedSource
}

interface Loaded {
  readonly after: string
}

const loaded: Loaded = { after: 'log.7' }

function setUp(load: () => Promise<Loaded | 'stop'>, mayConnect: () => boolean = () => true) {
  const sources: ReturnType<typeof makeSource>[] = []
  const connectedAfter: (string | null)[] = []
  const applied: number[] = []
  const states: string[] = []
  const disks: string[] = []
  const timers = new Map<number, () => void>()
  let last = 0
  const feed = createFeed({
    async connect(after) {
      if (!mayConnect()) throw new Error('refused')
      connectedAfter.push(after)
      const source = makeSource()
      sources.push(source)
      return source
    },
    load,
    onDisk: (state) => disks.push(state.status),
    apply: (events: readonly GembaEvent[]) => applied.push(...events.map((event) => event.number)),
    onState: (state) => states.push(state),
    after(_ms, run) {
      last += 1
      const id = last
      timers.set(id, run)
      return () => timers.delete(id)
    },
  })
  const elapse = async (): Promise<void> => {
    const due = [...timers.values()]
    timers.clear()
    for (const run of due) run()
    await settled()
  }
  return { feed, sources, connectedAfter, applied, states, disks, elapse }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

const changed = (number: number): string => JSON.stringify({ number, body: { kind: 'bead.deleted', bead: 'b' } })

describe('the feed', () => {
  it('hands on what is told of the disk at once, which is no event of the log', async () => {
    const { feed, sources, applied, disks } = setUp(() => Promise.resolve(loaded))
    feed.start()
    await settled()
    sources[0]?.say('disk', JSON.stringify({ status: 'low' }))
    sources[0]?.say('disk', 'torn')
    expect(disks).toEqual(['low'])
    expect(applied).toEqual([])
  })

  it('reads the lists, then follows what came after them', async () => {
    const list = Promise.withResolvers<Loaded>()
    const { feed, sources, connectedAfter, applied, states, elapse } = setUp(() => list.promise)
    feed.start()
    await settled()
    expect(sources).toEqual([])
    list.resolve(loaded)
    await settled()
    expect([connectedAfter, states]).toEqual([['log.7'], []])
    sources[0]?.say('open')
    sources[0]?.say('bead.deleted', changed(8))
    await elapse()
    expect([applied, states]).toEqual([[8], ['live']])
  })

  it('holds events back while the lists are read anew', async () => {
    let list = Promise.withResolvers<Loaded>()
    list.resolve(loaded)
    const { feed, sources, applied, elapse } = setUp(() => list.promise)
    feed.start()
    await settled()
    sources[0]?.say('open')
    list = Promise.withResolvers<Loaded>()
    sources[0]?.say('resync')
    sources[0]?.say('bead.deleted', changed(1))
    await elapse()
    expect(applied).toEqual([])
    list.resolve(loaded)
    await settled()
    expect(applied).toEqual([1])
    sources[0]?.say('bead.deleted', changed(2))
    await elapse()
    expect(applied).toEqual([1, 2])
  })

  it('reads all anew on resync and after a connection that was lost, which it opens itself', async () => {
    let loads = 0
    const { feed, sources, connectedAfter, states, elapse } = setUp(() => {
      loads += 1
      return Promise.resolve(loaded)
    })
    feed.start()
    await settled()
    sources[0]?.say('open')
    await settled()
    sources[0]?.say('resync')
    await settled()
    expect(loads).toBe(2)
    sources[0]?.say('error')
    expect(states.at(-1)).toBe('reconnecting')
    expect(sources[0]?.closed).toBe(true)
    await elapse()
    sources[1]?.say('open')
    await settled()
    expect([loads, connectedAfter]).toEqual([3, ['log.7', null]])
    expect(states.at(-1)).toBe('live')
  })

  it('tries a failed read again, and says offline after a while', async () => {
    let failing = true
    const { feed, sources, states, elapse } = setUp(() =>
      failing ? Promise.reject(new Error('away')) : Promise.resolve(loaded),
    )
    feed.start()
    await settled()
    await elapse()
    await elapse()
    expect(states).toEqual(['reconnecting', 'reconnecting', 'offline'])
    failing = false
    await elapse()
    sources[0]?.say('open')
    expect(states.at(-1)).toBe('live')
  })

  it('goes on trying when no stream is to be had, unless nobody is signed in', async () => {
    let outcome: Loaded | 'stop' = loaded
    let open = false
    const { feed, sources, states, elapse } = setUp(
      () => Promise.resolve(outcome),
      () => open,
    )
    feed.start()
    await settled()
    await elapse()
    expect([sources.length, states]).toEqual([0, ['reconnecting', 'reconnecting']])
    open = true
    await elapse()
    expect(sources).toHaveLength(1)
    open = false
    outcome = 'stop'
    sources[0]?.say('error')
    await elapse()
    open = true
    await elapse()
    expect(sources).toHaveLength(1)
  })

  it('opens nothing any more once it was stopped', async () => {
    const { feed, sources, elapse } = setUp(() => Promise.resolve(loaded))
    feed.start()
    feed.stop()
    await elapse()
    expect(sources).toEqual([])
    feed.start()
    await vi.waitUntil(() => sources.length > 0)
    feed.stop()
    expect(sources.map(({ closed }) => closed)).toEqual([true])
  })
})
