import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { GembaEvent, NewEvent } from '../model/event.ts'
import { kinds } from './testing/databases.ts'
import { codeOf, event, numbersOf, snapshot, upTo } from './testing/samples.ts'
import { storeBench } from './testing/store-bench.ts'

describe.each(kinds)('the event log on $name', (kind) => {
  const bench = storeBench(kind)

  it('numbers parallel appends without a gap, and tells listeners in that order', async () => {
    const before = await bench.store.lastEvent()
    const heard: number[] = []
    onTestFinished(bench.store.onEvents((events) => heard.push(...numbersOf(events))))
    const source = bench.name('parallel')
    const batches = await Promise.all(
      upTo(50).map((index) => bench.store.append([event(source, 2 * index), event(source, 2 * index + 1)])),
    )
    const expected = upTo(100, before + 1)
    expect(batches.flatMap(numbersOf).sort((one, other) => one - other)).toEqual(expected)
    expect(heard).toEqual(expected)
    expect(await bench.store.lastEvent()).toBe(before + 100)
    expect(numbersOf(await bench.store.events({ after: before, limit: 1000 }))).toEqual(expected)
  })

  it('drops duplicates without a gap, within a batch, across batches and in parallel', async () => {
    const before = await bench.store.lastEvent()
    const source = bench.name('twice')
    const first = await bench.store.append([event(source, 1), event(source, 1, 'other'), event(source, 2)])
    expect(first.map(({ body }) => body)).toEqual([
      { kind: 'bead.deleted', bead: 'b-1' },
      { kind: 'bead.deleted', bead: 'b-1' },
    ])
    const second = await bench.store.append([event(source, 2), event(source, 3), event(source, 1), event(source, 4)])
    expect(numbersOf(second)).toEqual([before + 3, before + 4])
    expect(second.map(({ sourceRevision }) => sourceRevision)).toEqual([3, 4])
    const races = await Promise.all(upTo(10).map(() => bench.store.append([event(source, 5)])))
    expect(races.flat()).toHaveLength(1)
    expect(await bench.store.lastEvent()).toBe(before + 5)
  })

  it('leaves no gap after a transaction that failed', async () => {
    const before = await bench.store.lastEvent()
    const source = bench.name('failing')
    const tooLong = snapshot(bench.name('big'), 1, { state: 'x'.repeat(70_000) })
    expect(await codeOf(bench.store.publish({ events: [event(source, 1)], snapshot: tooLong }))).toBe('too_large')
    expect(await codeOf(bench.store.append([{ ...event(source, 1), at: 'yesterday' }]))).toBe('bad_request')
    expect(numbersOf(await bench.store.append([event(source, 1)]))).toEqual([before + 1])
  })

  it('gives back what it told: the same from append, listener and table', async () => {
    const heard: GembaEvent[] = []
    onTestFinished(bench.store.onEvents((events) => heard.push(...events)))
    const hostile = `a\0b\ud800 \\u0000 'quoted' 😀`
    const [appended] = await bench.store.append([event(bench.name('text'), 1, hostile)])
    expect(appended?.body).toEqual({ kind: 'bead.deleted', bead: `a\ufffdb\ufffd \\u0000 'quoted' 😀` })
    expect(appended?.at).toBe('2026-01-02T03:04:05.000Z')
    expect(heard).toEqual([appended])
    expect(await bench.store.events({ after: (appended?.number ?? 0) - 1, limit: 1 })).toEqual([appended])
  })

  it('knows the events of one session, page by page, the newest page first', async () => {
    const session = bench.name('session')
    const refused = (revision: number, of: string): NewEvent => ({
      ...event(bench.name('history'), revision),
      body: { kind: 'session.refused', session: of, bead: 'gm-1', code: 'bead_blocked', message: '' },
    })
    const added = await bench.store.append([1, 2, 3].map((revision) => refused(revision, session)))
    await bench.store.append([refused(4, bench.name('another'))])
    const newest = await bench.store.sessionEvents({ session, limit: 2 })
    expect(newest.items).toEqual(added.slice(1))
    const older = { session, limit: 2, cursor: newest.cursor ?? '' }
    expect(await bench.store.sessionEvents(older)).toEqual({ items: added.slice(0, 1), cursor: null })
    expect(await bench.store.sessionEvents({ session, limit: 3 })).toEqual({ items: added, cursor: null })
    expect(await codeOf(bench.store.sessionEvents({ session, limit: 1, cursor: '1; drop' }))).toBe('bad_request')
  })

  it('goes on when a listener throws or leaves', async () => {
    const warnings: string[] = []
    const warn = ({ message }: Error): void => void warnings.push(message)
    process.on('warning', warn)
    onTestFinished(() => void process.off('warning', warn))
    const leaveBad = bench.store.onEvents(() => {
      throw new Error('a listener that fails')
    })
    const heard: number[] = []
    const leave = bench.store.onEvents((events) => heard.push(...numbersOf(events)))
    const source = bench.name('listener')
    const [first] = await bench.store.append([event(source, 1)])
    leave()
    leaveBad()
    await bench.store.append([event(source, 2)])
    expect(heard).toEqual([first?.number])
    await vi.waitFor(() => expect(warnings).toContain('a listener that fails'), { timeout: 20_000 })
  })

  it('sweeps old numbers, and swept events do not come back', async () => {
    const source = bench.name('swept')
    await bench.store.append(upTo(20).map((revision) => event(source, revision)))
    const last = await bench.store.lastEvent()
    await bench.store.sweep({ keepEvents: 5 })
    expect(numbersOf(await bench.store.events({ after: 0, limit: 100 }))).toEqual(upTo(5, last - 4))
    expect(await bench.store.append([event(source, 3), event(source, 20), event(source, 21)])).toMatchObject([
      { number: last + 1, sourceRevision: 21 },
    ])
  })
})
