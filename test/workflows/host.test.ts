import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTemporal, type TestTemporal } from '../temporal-server.ts'
import { openWorkflowBench, order, until } from './bench-of-doubles.ts'

let temporal: TestTemporal
let projects = 0

beforeAll(async () => {
  temporal = await startTemporal()
})
afterAll(() => temporal.release())

function bench() {
  projects += 1
  return openWorkflowBench(temporal, `p${projects}`)
}

describe('host', () => {
  it('is degraded, then offline after silence, and online when heard again', async () => {
    await using b = await bench()
    const told = (): string[] =>
      b.server.events.flatMap(({ body }) => (body.kind === 'host.changed' ? [body.host.status] : []))
    await b.processes.hostSilent(b.hostId, Date.now())
    await until(() => told().at(-1) === 'offline')
    expect(told()).toEqual(['online', 'degraded', 'offline'])
    b.server.add('gm-1')
    const [refused] = await b.commands.dispatch(order('gm-1', 'k'))
    expect(refused).toMatchObject({ admitted: false, code: 'host_offline' })
    await b.processes.hostAnnounced({ id: b.hostId, label: b.hostId, kinds: [], slots: 2, version: '1' })
    await until(() => told().at(-1) === 'online')
  })
})
