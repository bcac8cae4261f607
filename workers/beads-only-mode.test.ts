import { expect, it, onTestFinished, vi } from 'vitest'
import type { Board } from '../model/board.ts'
import type { RemoteState } from '../model/mode.ts'
import { beadsOnlyMode } from './beads-only-mode.ts'
import type { ChosenSource, OpenSource } from './chosen-source.ts'

/** The mode over one open source, or none, which counts how often its remote is asked for. */
function bench(none?: null) {
  let url = 'http://h/former'
  let asked = 0
  const doings: string[] = []
  const open = {
    source: { kind: 'worktree', display: '/work' },
    work: {
      manifest: async () => ({ readOnly: false, readOnlyReason: null }),
      suspect: async () => void doings.push('suspect'),
    },
    manifest: { state: () => ({ path: '/m', status: 'ok', why: '', lost: 0 }), retry: async () => undefined },
    remote: async (): Promise<RemoteState> => {
      asked += 1
      return { configured: true, name: 'origin', display: url, reachable: 'yes', why: '' }
    },
    setUpRemote: async (remote: { url: string }) => void (url = remote.url),
  } as unknown as OpenSource
  const source = {
    current: () => (none === null ? null : open),
    id: () => 'id',
    onSelect: () => undefined,
  } as unknown as ChosenSource
  const board = {
    health: () => ({ healthy: true, why: '', since: '' }),
    lastSync: () => null,
    refresh: async () => void doings.push('refresh'),
  } as unknown as Board
  const mode = beadsOnlyMode({
    ...{ source, board, settings: { readOnly: false, manifest: '/ledger' }, remember: () => undefined },
    ...{ store: { append: async () => [] }, logger: { warn: () => undefined } },
    retry: async () => void doings.push('retry'),
  })
  return { mode, doings, asked: () => asked }
}

it('asks for the remote once for all who look at the status, and anew when somebody looks again or sets it up', async () => {
  const { mode, asked } = bench()
  const looks = await Promise.all(Array.from({ length: 20 }, () => mode.status()))
  for (const status of looks) expect(status.remote).toMatchObject({ display: 'http://h/former' })
  expect(asked()).toBe(1)
  await mode.check()
  await mode.status()
  expect(asked()).toBe(2)
  await mode.setUpRemote({ name: 'origin', url: 'http://h/new' })
  expect((await mode.status()).remote).toMatchObject({ display: 'http://h/new' })
})

it('looks again at all, whatever the source seems to tell', async () => {
  const { mode, doings } = bench()
  await mode.check()
  expect(doings).toEqual(['suspect', 'refresh'])
  const { mode: unopened, doings: tried } = bench(null)
  await unopened.check()
  expect(tried).toEqual(['retry', 'refresh'])
})

it('tells of the source that is to be opened, and of its ledger, before it has answered once', () => {
  const { mode } = bench()
  expect(mode.place(undefined)).toEqual({ source: { kind: 'worktree', display: '/work' }, manifest_path: '/m' })
  const { mode: unopened } = bench(null)
  expect(unopened.place(undefined)).toEqual({ source: null, manifest_path: '/ledger' })
  unopened.failed({ kind: 'url', url: 'mysql://ada:secret@127.0.0.1:3307/gemba' }, new Error('away'))
  const source = { kind: 'url', display: 'mysql://ada@127.0.0.1:3307/gemba' }
  expect(unopened.place(undefined)).toEqual({ source, manifest_path: '/ledger' })
})

it('tells whether there is a bd, as the machine has it now', async () => {
  onTestFinished(() => void vi.unstubAllEnvs())
  const { mode } = bench(null)
  vi.stubEnv('GEMBA_BD', process.execPath)
  expect(await mode.status()).toMatchObject({ bd_found: true })
  vi.stubEnv('GEMBA_BD', '/nowhere/bd')
  expect(await mode.status()).toMatchObject({ bd_found: false })
})
