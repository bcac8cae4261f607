import { describe, expect, it } from 'vitest'
import { kinds } from './testing/databases.ts'
import { codeOf, event, snapshot, upTo } from './testing/samples.ts'
import { storeBench } from './testing/store-bench.ts'

describe.each(kinds)('snapshots on $name', (kind) => {
  const bench = storeBench(kind)

  it('publishes events and snapshot once, however often it is asked', async () => {
    const [source, id] = [bench.name('publish'), bench.name('s')]
    const publication = { events: [event(source, 1), event(source, 2)], snapshot: snapshot(id, 2) }
    expect(await bench.store.publish(publication)).toMatchObject({ events: [{}, {}], recorded: 2 })
    const last = await bench.store.lastEvent()
    const again = await Promise.all([bench.store.publish(publication), bench.store.publish(publication)])
    expect(again).toEqual([
      { events: [], recorded: 2 },
      { events: [], recorded: 2 },
    ])
    expect(await bench.store.lastEvent()).toBe(last)
    expect(await bench.store.snapshot('session', id)).toEqual(snapshot(id, 2))
  })

  it('never lets an older or equal revision replace a newer one', async () => {
    const id = bench.name('s')
    for (const revision of [5, 4, 5]) {
      const publication = { events: [], snapshot: snapshot(id, revision, { view: `${revision}` }) }
      expect(await bench.store.publish(publication)).toMatchObject({ recorded: 5 })
      await bench.store.publish({ events: [], snapshot: snapshot(id, revision, { view: 'late' }) })
    }
    expect(await bench.store.snapshot('session', id)).toMatchObject({ revision: 5, view: '5' })
    expect(await bench.store.snapshot('escalation', id)).toBeUndefined()
  })

  it('pages by the latest write; what is written meanwhile neither repeats nor pushes others out', async () => {
    const project = bench.name('project')
    const ids = upTo(7).map((index) => `${project}.${index}`)
    for (const id of ids) {
      await bench.store.publish({ events: [], snapshot: snapshot(id, 1, { project, open: id !== ids[3] }) })
    }
    const query = { kind: 'session', project, limit: 3 } as const
    const first = await bench.store.snapshots(query)
    expect(first.items.map(({ id }) => id)).toEqual([ids[6], ids[5], ids[4]])
    await bench.store.publish({ events: [], snapshot: snapshot(`${ids[5]}`, 2, { project }) })
    await bench.store.publish({ events: [], snapshot: snapshot(`${project}.8`, 1, { project }) })
    const second = await bench.store.snapshots({ ...query, cursor: `${first.cursor}` })
    expect(second.items.map(({ id }) => id)).toEqual([ids[3], ids[2], ids[1]])
    const third = await bench.store.snapshots({ ...query, cursor: `${second.cursor}` })
    expect(third).toMatchObject({ items: [{ id: ids[0] }], cursor: null })
    const closed = await bench.store.snapshots({ ...query, open: false })
    expect(closed.items.map(({ id }) => id)).toEqual([ids[3]])
    expect(await codeOf(bench.store.snapshots({ ...query, cursor: "1'; --" }))).toBe('bad_request')
  })
})
