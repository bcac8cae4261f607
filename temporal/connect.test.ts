import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { startTemporal, type TestTemporal } from '../test/temporal-server.ts'
import { connectTemporal, prepareNamespace } from './connect.ts'

const day = 86_400
const slow = { timeout: 30_000, interval: 100 }

let temporal: TestTemporal

beforeAll(async () => {
  temporal = await startTemporal()
})
afterAll(() => temporal?.release())

it('leaves nothing open of a try that failed, and says why it failed', async () => {
  const [opened, closed] = [vi.spyOn(Connection, 'lazy'), vi.spyOn(Connection.prototype, 'close')]
  onTestFinished(() => void vi.restoreAllMocks())
  const stop = new AbortController()
  const reasons: unknown[] = []
  const where = { address: temporal.address, namespace: 'n'.repeat(2_000) }
  const connecting = connectTemporal(where, stop.signal, (why) => {
    reasons.push(why)
    if (reasons.length === 4) stop.abort()
  })
  await expect(connecting).rejects.toThrow()
  expect(String(reasons[0])).toMatch(/length exceeds/i)
  expect(opened.mock.results).toHaveLength(4)
  expect(new Set(closed.mock.contexts)).toEqual(new Set(opened.mock.results.map(({ value }) => value)))
})

it('ends the calls that wait for their next try when the connection is closed', async () => {
  const lone = await startTemporal()
  onTestFinished(() => lone.release())
  await lone.kill()
  const asking = lone.connection.workflowService.getSystemInfo({}).catch((error: unknown) => error)
  // Long enough for the first try to have failed, and short of the last one.
  await sleep(1_000)
  await lone.connection.close()
  expect(await asking).toMatchObject({ code: 1, details: 'Channel has been shut down' })
  const later = lone.connection.workflowService.getSystemInfo({})
  await expect(later).rejects.toMatchObject({ code: 1, details: 'Channel has been shut down' })
}, 60_000)

describe('a namespace', () => {
  const keptOf = async (namespace: string): Promise<number> => {
    const { config } = await temporal.connection.workflowService.describeNamespace({ namespace })
    return Number(config?.workflowExecutionRetentionTtl?.seconds)
  }
  const register = async (namespace: string): Promise<void> => {
    const workflowExecutionRetentionPeriod = { seconds: day as never }
    await temporal.connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod })
  }
  /** Not every part of the server knows a new namespace at once. */
  const prepare = (namespace: string, embedded = false): Promise<void> =>
    vi.waitFor(() => prepareNamespace(temporal.connection, { namespace, embedded }), slow)

  it('is registered with our retention when there is none', async () => {
    await prepare('made')
    expect(await keptOf('made')).toBe(30 * day)
    await temporal.connection.workflowService.updateNamespace({
      namespace: 'made',
      config: { workflowExecutionRetentionTtl: { seconds: day as never } },
    })
    await expect.poll(() => keptOf('made'), slow).toBe(day)
    await prepare('made')
    await expect.poll(() => keptOf('made'), slow).toBe(30 * day)
  })

  it('of somebody else keeps its retention', async () => {
    await register('theirs')
    await prepare('theirs')
    expect(await keptOf('theirs')).toBe(day)
    await prepare('theirs', true)
    await expect.poll(() => keptOf('theirs'), slow).toBe(30 * day)
  })

  it('is registered only when the server says that there is none', async () => {
    const registered: string[] = []
    const refusal = Object.assign(new Error('7 PERMISSION_DENIED: no'), { code: 7, details: 'no', metadata: {} })
    const workflowService = {
      describeNamespace: () => Promise.reject(refusal),
      registerNamespace: ({ namespace }: { namespace: string }) => Promise.resolve(registered.push(namespace)),
    }
    const { operatorService } = temporal.connection
    const services = { workflowService, operatorService } as unknown as Connection
    await expect(prepareNamespace(services, { namespace: 'hidden' })).rejects.toThrow('PERMISSION_DENIED')
    expect(registered).toEqual([])
  })
})
