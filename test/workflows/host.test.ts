import { describe, expect, it } from 'vitest'
import { order, until } from './bench-of-doubles.ts'
import { workflowBenches } from './workflow-benches.ts'

const { bench } = workflowBenches()

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
