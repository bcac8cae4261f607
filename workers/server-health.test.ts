import { afterAll, expect, it, onTestFinished, vi } from 'vitest'
import { pino } from 'pino'
import type { Board } from '../model/board.ts'
import type { Store } from '../store/store.ts'
import { openStore } from '../store/open-store.ts'
import { startPostgres } from '../test/postgres-server.ts'
import { freePort } from '../runtime/free-port.ts'
import { startTemporal } from '../test/temporal-server.ts'
import { openServerHealth, type HealthOptions, type ServerHealth } from './server-health.ts'

const board = { health: () => ({ healthy: true, why: '', since: '' }) } as Board
const quiet = { lastEvent: () => Promise.resolve(0) } as Store
const postgres = await startPostgres()
afterAll(() => postgres.server?.release())

function open(options: Partial<HealthOptions>): ServerHealth {
  const health = openServerHealth({ board, store: quiet, logger: pino({ level: 'silent' }), everyMs: 50, ...options })
  onTestFinished(() => health.close())
  return health
}

const soon = { timeout: 40_000, interval: 100 }

it('says that Temporal has gone, and that it is back', async () => {
  const port = await freePort()
  const temporal = await startTemporal(port)
  onTestFinished(() => temporal.release())
  const health = open({})
  expect(health.parts().temporal).toEqual({ ok: false, why: 'not connected yet' })
  health.temporalConnected(temporal.connection)
  expect(health.parts().temporal).toEqual({ ok: true, why: '' })
  await temporal.kill()
  await vi.waitFor(() => expect(health.parts().temporal.ok).toBe(false), soon)
  expect(health.parts().temporal.why).not.toBe('')
  const back = await startTemporal(port)
  onTestFinished(() => back.release())
  await vi.waitFor(() => expect(health.parts().temporal).toEqual({ ok: true, why: '' }), soon)
}, 120_000)

it('warns of each reason once, and shows it', () => {
  const warned: string[] = []
  const logger = pino({ level: 'warn' }, { write: (line: string) => void warned.push(line) })
  const health = open({ logger, everyMs: 60_000 })
  for (const why of ['one', 'one', 'two', 'two']) health.temporalFailed(new Error('outer', { cause: new Error(why) }))
  expect(warned).toHaveLength(2)
  expect(health.parts().temporal).toEqual({ ok: false, why: 'two' })
})

it.skipIf(postgres.server?.stop === undefined)(
  'says that the store has gone, and that it is back',
  async () => {
    const { server } = postgres
    const store = await openStore({ at: { url: (await server?.database()) ?? '' } })
    onTestFinished(() => store.close())
    const health = open({ store })
    expect(health.parts().store).toEqual({ ok: true, why: '' })
    await server?.stop?.()
    await vi.waitFor(() => expect(health.parts().store.ok).toBe(false), soon)
    await server?.start?.()
    await vi.waitFor(() => expect(health.parts().store).toEqual({ ok: true, why: '' }), soon)
  },
  120_000,
)
