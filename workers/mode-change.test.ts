import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { MemoryStore } from '../api/testing/memory-store.ts'
import { GembaError } from '../model/error.ts'
import type { SourceSelection } from '../model/mode.ts'
import { modeChange, type ModeChangeDeps } from './mode-change.ts'

const actor = { name: 'Ada', via: 'console' } as const
const elsewhere: SourceSelection = { kind: 'url', url: 'mysql://root@10.0.0.9:3306/plans' }
const seat = { session: 's1', bead: 'gm-1', host: 'local', agent: 'claude' }

/** A project on its own Dolt server, with these seats taken. */
function project(seats: () => readonly (typeof seat)[] | undefined, more: Partial<ModeChangeDeps> = {}) {
  const told: SourceSelection[] = []
  const tried: SourceSelection[] = []
  const change = modeChange({
    project: 'p',
    store: new MemoryStore(),
    beads: { host: '127.0.0.1', port: 4000, embedded: true },
    processes: () => ({ seats: async () => seats() }),
    tryOut: async (selection) => void tried.push(selection),
    tell: (selection) => void told.push(selection),
    ...more,
  })
  return { told, tried, change }
}

describe('from full mode to Beads-only mode', () => {
  it('goes a source that can be used, and after that no change', async () => {
    const { told, change } = project(() => [])
    await change.leave(elsewhere, actor)
    expect(told).toEqual([elsewhere])
    await expect(change.during(async () => 'changed')).rejects.toMatchObject({ code: 'source_changed' })
    await expect(change.leave(elsewhere, actor)).rejects.toMatchObject({ code: 'source_changed' })
  })

  it('nothing goes while agents are at work, and the refusal names their beads', async () => {
    const { told, tried, change } = project(() => [seat])
    const refusal = change.leave(elsewhere, actor)
    await expect(refusal).rejects.toMatchObject({ code: 'work_live', params: { beads: 'gm-1' } })
    expect([told, tried]).toEqual([[], []])
    expect(await change.during(async () => 'changed')).toBe('changed')
  })

  it('a start that is being asked for is waited for, and counts', async () => {
    let seats: (typeof seat)[] = []
    const { told, change } = project(() => seats)
    const asking = Promise.withResolvers<void>()
    const start = change.during(async () => {
      await asking.promise
      seats = [seat]
    })
    const leaving = change.leave(elsewhere, actor)
    leaving.catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 20))
    await expect(change.during(async () => 'another')).rejects.toMatchObject({ code: 'source_changed' })
    asking.resolve()
    await start
    await expect(leaving).rejects.toMatchObject({ code: 'work_live' })
    expect(told).toEqual([])
  })

  it('a session that is on record, whatever the dispatcher knows of it, is work', async () => {
    const store = new MemoryStore()
    store.put({
      ...{ kind: 'session', id: 's9', project: 'p', schema: 1, revision: 1, open: true, state: null },
      view: { bead: 'gm-9' },
    })
    const { change } = project(() => undefined, { store })
    await expect(change.leave(elsewhere, actor)).rejects.toMatchObject({ params: { beads: 'gm-9' } })
  })

  it('what can not be known or used leaves all as it is', async () => {
    const unknown = project(() => [], { processes: () => undefined })
    await expect(unknown.change.leave(elsewhere, actor)).rejects.toMatchObject({ code: 'temporal_unavailable' })
    const tryOut = (): Promise<void> => Promise.reject(new GembaError('beads_missing', { folder: '/x' }))
    const bad = project(() => [], { tryOut })
    await expect(bad.change.leave(elsewhere, actor)).rejects.toMatchObject({ code: 'beads_missing' })
    for (const url of ['mysql://root@127.0.0.1:4000/gemba', 'dolt://root@localhost:4000/gemba']) {
      const own = project(() => [])
      await expect(own.change.leave({ kind: 'url', url }, actor)).rejects.toMatchObject({ code: 'source_invalid' })
    }
    for (const { told } of [unknown, bad]) expect(told).toEqual([])
  })
})

it('tells whether there is a bd, as the machine has it now', () => {
  onTestFinished(() => void vi.unstubAllEnvs())
  const { change } = project(() => [])
  vi.stubEnv('GEMBA_BD', process.execPath)
  expect(change.bdFound()).toBe(true)
  vi.stubEnv('GEMBA_BD', '/nowhere/bd')
  expect(change.bdFound()).toBe(false)
})
