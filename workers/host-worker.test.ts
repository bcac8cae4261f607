import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import type { DeliverAnswer, OrchestrationPlane } from '../model/orchestration-plane.ts'
import { startTemporal } from '../test/temporal-server.ts'
import { startHostWorker } from './host-worker.ts'
import type { callHost } from './testing/host-calls.ts'

const sessions = 100

/** A plane whose agents never say anything. */
function silentPlane() {
  const attended = new Set<string>()
  const delivered: string[] = []
  const everyone = Promise.withResolvers<void>()
  const plane: Pick<OrchestrationPlane, 'attend' | 'deliver'> = {
    attend: ({ session }, { signal, beat }) =>
      new Promise((_, reject) => {
        const beating = setInterval(beat, 500)
        signal.addEventListener('abort', () => {
          clearInterval(beating)
          reject(signal.reason)
        })
        attended.add(session)
        if (attended.size === sessions) everyone.resolve()
      }),
    deliver: async ({ escalation }) => {
      delivered.push(escalation)
      return { outcome: 'delivered', note: '' }
    },
  }
  return { plane: plane as OrchestrationPlane, delivered, everyone: everyone.promise }
}

test('an answer gets through while a hundred sessions are attended', { timeout: 120_000 }, async () => {
  const temporal = await startTemporal()
  onTestFinished(() => temporal.release())
  const { plane, delivered, everyone } = silentPlane()
  const worker = startHostWorker({
    host: 'local',
    temporal,
    plane,
    logger: pino({ level: 'silent' }),
    onFailed: (why) => expect.unreachable(why),
  })
  onTestFinished(() => worker.close())
  const connection = await NativeConnection.connect({ address: temporal.address })
  onTestFinished(() => connection.close())
  const workflowsPath = fileURLToPath(new URL('./testing/host-calls.ts', import.meta.url))
  const workflows = await Worker.create({
    connection,
    namespace: temporal.namespace,
    taskQueue: 'test',
    workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
  })
  const start = (workflowId: string, args: Parameters<typeof callHost>) =>
    temporal.client.workflow.start<typeof callHost>('callHost', { taskQueue: 'test', workflowId, args })
  await workflows.runUntil(async () => {
    for (let number = 0; number < sessions; number += 1) {
      const request = { session: `s${number}`, fence: 1, cursor: 0, dialog: null }
      await start(`attend-${number}`, ['local', 'attendPane', request])
    }
    await everyone
    const answer = { kind: 'text', text: 'yes' } as const
    const request: DeliverAnswer = { session: 's7', fence: 1, escalation: 'e1', answer, confirmMs: 100 }
    const deliver = await start('deliver', ['local', 'deliverAnswer', request])
    expect(await deliver.result()).toEqual({ outcome: 'delivered', note: '' })
    expect(delivered).toEqual(['e1'])
  })
})
