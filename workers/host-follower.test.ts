import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { Announcement } from '../model/host.ts'
import { followHosts } from './host-follower.ts'

function announcement(host: string, instance: string): Announcement {
  return { host, instance, version: '1', kinds: ['worktree'], slots: 4, panes: [] }
}

/** A follower, its hub, and what Temporal was told; `away` makes telling fail. */
function follow({ gone = [] as readonly Announcement[] } = {}) {
  const told: string[] = []
  const state = { away: false }
  const announce = new Set<(announcement: Announcement) => void>()
  const silent = new Set<(host: string) => void>()
  const attached = new Set<string>()
  const tell = async (what: string): Promise<void> => {
    if (state.away) throw new Error('Temporal is away')
    told.push(what)
  }
  const known = gone.map(({ host }) => ({ id: host }))
  const follower = followHosts({
    project: { id: 'p' },
    store: { snapshots: async () => ({ items: known as never, cursor: null }) },
    hub: {
      announcements: () => gone,
      isAttached: (host) => attached.has(host),
      onAnnounce: (listener) => {
        announce.add(listener)
        return () => announce.delete(listener)
      },
      onSilent: (listener) => {
        silent.add(listener)
        return () => silent.delete(listener)
      },
    },
    processes: () => ({
      hostAnnounced: ({ id }) => tell(`${id} heard`),
      hostSilent: (host) => tell(`${host} silent`),
    }),
    reconciler: { look: () => undefined },
    logger: { warn: () => undefined },
    retryMs: 10,
  })
  onTestFinished(() => follower.close())
  return {
    told,
    state,
    follower,
    announce: (each: Announcement) => {
      attached.add(each.host)
      for (const listener of announce) listener(each)
    },
    leave: (host: string) => {
      attached.delete(host)
      for (const listener of silent) listener(host)
    },
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5)
}

test('an edge is told once', async () => {
  const { told, announce, leave } = follow()
  announce(announcement('a', '1'))
  announce(announcement('a', '1'))
  await until(() => told.length === 1)
  leave('a')
  await until(() => told.length === 2)
  announce(announcement('a', '2'))
  await until(() => told.length === 3)
  await sleep(50)
  expect(told).toEqual(['a heard', 'a silent', 'a heard'])
})

test('what could not be told is told when Temporal is back, as it is by then', async () => {
  const { told, state, announce, leave } = follow()
  announce(announcement('a', '1'))
  await until(() => told.length === 1)
  state.away = true
  leave('a')
  leave('b')
  await sleep(40)
  announce(announcement('b', '1'))
  state.away = false
  await until(() => told.length === 3)
  expect(told.toSorted()).toEqual(['a heard', 'a silent', 'b heard'])
})

test('a host that has gone before is told to be silent', async () => {
  const { told, follower } = follow({ gone: [announcement('a', '1')] })
  await follower.catchUp()
  await until(() => told.length > 0)
  expect(told).toEqual(['a silent'])
})

test('everything is told again to a Temporal that has lost it', async () => {
  const { told, follower, announce } = follow()
  announce(announcement('a', '1'))
  await until(() => told.length === 1)
  await follower.again()
  await until(() => told.length === 2)
  expect(told).toEqual(['a heard', 'a heard'])
})
