import { afterAll, beforeAll, expect, it } from 'vitest'
import { serverQueue } from '../../temporal/contracts/activities.ts'
import { Processes } from '../../temporal/processes.ts'
import { startTemporal, type TestTemporal } from '../temporal-server.ts'
import { createTemporalCommands } from '../../temporal/temporal-commands.ts'
import { openWorkflowBench, order, quickTiming, testConfig } from './bench-of-doubles.ts'

let temporal: TestTemporal

beforeAll(async () => {
  temporal = await startTemporal()
})
afterAll(() => temporal.release())

/** Lets the next task of a project's workflows fail, as one does that nobody answers in time. */
async function failTask(project: string): Promise<void> {
  const { connection, namespace } = temporal
  const taskQueue = { name: serverQueue(project) }
  await connection.withDeadline(Date.now() + 60_000, async () => {
    const { workflowService } = connection
    const { taskToken } = await workflowService.pollWorkflowTaskQueue({ namespace, taskQueue, identity: 'x' })
    await workflowService.respondWorkflowTaskFailed({ namespace, taskToken, identity: 'x' })
  })
}

it('a command waits for a workflow whose last steps have failed', async () => {
  const project = 'busy'
  await new Processes(temporal.client, project, quickTiming).configure(testConfig)
  for (let tries = 0; tries < 4; tries += 1) await failTask(project)
  const commands = createTemporalCommands({
    project,
    client: () => temporal.client,
    escalation: async () => undefined,
    deadlineMs: 60_000,
  })
  const answered = commands.dispatch(order('gm-1', 'key'))
  await using b = await openWorkflowBench(temporal, project)
  expect(b.server.beads.size).toBe(0)
  expect(await answered).toMatchObject([{ admitted: false, code: 'bead_not_found' }])
})
