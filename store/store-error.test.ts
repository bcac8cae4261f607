import { connect, createServer, type AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openStore } from './open-store.ts'
import { ownServer, postgres, sharedServer } from './testing/databases.ts'
import { codeOf, event, numbersOf, snapshot, upTo } from './testing/samples.ts'

describe('a server that can not be used', () => {
  it('is store_unavailable, and its password is not told', async () => {
    expect(await codeOf(openStore({ at: { url: 'postgres://u:hunter2@127.0.0.1:1/db' } }))).toBe('store_unavailable')
    const refused = await openStore({ at: { url: 'mysql://u:hunter2@host/db' } }).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'config_invalid' })
    expect(String(refused)).not.toContain('hunter2')
  })
})

describe.skipIf(postgres.kind !== 'binaries')('a Postgres server that goes away', () => {
  it('is store_unavailable meanwhile; afterwards nothing is lost, repeated or untold', async () => {
    const going = await ownServer()
    onTestFinished(() => going.release())
    if (going.stop === undefined || going.start === undefined) throw new Error('the server is not ours to stop')
    const store = await openStore({ at: { url: await going.database() } })
    onTestFinished(() => store.close())
    const heard: number[] = []
    store.onEvents((events) => heard.push(...numbersOf(events)))

    const published = (revision: number): Promise<unknown> =>
      store.publish({ events: [event('going', revision)], snapshot: snapshot('going', revision) })
    await published(1)
    let stopped = false
    const outcomes = new Set<string>()
    const writing = (async () => {
      for (let revision = 2; !stopped || outcomes.size === 0; revision += 1) {
        for (;;) {
          const code = await codeOf(published(revision))
          if (code === 'undefined') break
          outcomes.add(code)
        }
        if (revision > 200_000) break
      }
    })()
    await going.stop()
    expect(await codeOf(store.lastEvent())).toBe('store_unavailable')
    await going.start()
    while ((await store.lastEvent().catch(() => 0)) === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    stopped = true
    await writing
    await published(1_000_000)
    const last = await store.lastEvent()
    expect([...outcomes]).toEqual(['store_unavailable'])
    expect(numbersOf(await store.events({ after: 0, limit: 10_000 }))).toEqual(upTo(last))
    expect(heard).toEqual(upTo(last))
  })
})

/** A proxy that, once told, passes the next COMMIT on but never its answer: the caller hears that the line broke. */
async function losingCommits(target: URL): Promise<{ url: string; loseNext(): void }> {
  let losing = false
  const proxy = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname)
    let lost = false
    client.on('data', (bytes) => {
      if (losing && bytes.includes('commit\0')) {
        losing = false
        lost = true
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => (lost ? client.destroy() : client.write(bytes)))
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void proxy.close())
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String((proxy.address() as AddressInfo).port)
  return {
    url: url.href,
    loseNext() {
      losing = true
    },
  }
}

describe.skipIf(postgres.kind === 'none')('a commit whose answer is lost', () => {
  it('is told to the listeners all the same, once, and changes nothing when it is repeated', async () => {
    const proxy = await losingCommits(new URL(await (await sharedServer()).database()))
    const store = await openStore({ at: { url: proxy.url } })
    onTestFinished(() => store.close())
    const heard: number[] = []
    store.onEvents((events) => heard.push(...numbersOf(events)))
    const publication = { events: [event('lost', 1), event('lost', 2)], snapshot: snapshot('lost', 1) }

    proxy.loseNext()
    expect(await codeOf(store.publish(publication))).toBe('store_unavailable')
    await vi.waitFor(() => expect(heard).toEqual([1, 2]), { timeout: 30_000 })

    proxy.loseNext()
    expect(await codeOf(store.append([event('lost', 3)]))).toBe('store_unavailable')
    expect(await store.publish(publication)).toEqual({ events: [], recorded: 1 })
    expect(await store.append([event('lost', 3), event('lost', 4)])).toMatchObject([{ number: 4 }])
    expect(heard).toEqual([1, 2, 3, 4])
    expect(await store.snapshot('session', 'lost')).toEqual(snapshot('lost', 1))
  })
})
