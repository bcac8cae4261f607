import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundle,
} from '@temporalio/worker'
import { fileURLToPath } from 'node:url'
import type { KnownAgent, KnownRepository } from '../../model/agent.ts'
import type { DispatchConfig } from '../../model/dispatch.ts'
import type { EscalationView } from '../../model/escalation.ts'
import type { HostView } from '../../model/host.ts'
import { defaultTiming, type Timing } from '../../model/timing.ts'
import { hostQueue, serverQueue } from '../../temporal/contracts/activities.ts'
import type { DispatchUpdate } from '../../temporal/contracts/dispatch.ts'
import { Processes } from '../../temporal/processes.ts'
import { createTemporalCommands } from '../../temporal/temporal-commands.ts'
import { prepareNamespace } from '../../temporal/connect.ts'
import { openRestorer } from '../../workers/restorer.ts'
import type { TestTemporal } from '../temporal-server.ts'
import { HostDouble } from './host-double.ts'
import { ServerDouble } from './server-double.ts'

const logger = new DefaultLogger('ERROR')
const silent = { warn: () => undefined }
Runtime.install({ logger, telemetryOptions: { logging: { filter: 'ERROR' } } })

/** Durations that make a test quick; the order of things stays. */
export const quickTiming: Timing = {
  ...defaultTiming,
  heartbeat: 2_000,
  relaunch: [20, 20, 20],
  restart: [50, 50],
  endGrace: 10,
  confirm: 200,
  obstructed: 50,
  degraded: 150,
  offline: 300,
}

const testAgent: KnownAgent = { name: 'double', interactionMode: 'balanced', maxParallel: 10, agentCloses: false }

const testRepository: KnownRepository = { id: 'main', base: 'main', integration: 'merge', prefixes: ['gm'] }

export const testConfig: DispatchConfig = {
  repositories: [testRepository],
  agents: [testAgent],
  defaultAgent: 'double',
  maxSessions: 4,
}

let bundle: Promise<WorkflowBundle> | undefined

/** The workflows, bundled once for this process. */
export function workflowBundle(): Promise<WorkflowBundle> {
  bundle ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
    logger,
  })
  return bundle
}

/**
 * Workflows of one project on a real Temporal server, over doubles of the server's activities and of one host; with those
 * of an earlier bench, on the Temporal that comes after the one that was lost.
 */
export async function openWorkflowBench(
  temporal: TestTemporal,
  project: string,
  config: DispatchConfig & { readonly timing?: Timing } = testConfig,
  earlier: { readonly server?: ServerDouble; readonly host?: HostDouble; readonly hostId?: string } = {},
) {
  const { server = new ServerDouble(), host = new HostDouble(), hostId = `h-${project}` } = earlier
  const connection = await NativeConnection.connect({ address: temporal.address })
  const common = { connection, namespace: temporal.namespace }
  const workers = [
    await Worker.create({
      ...common,
      taskQueue: serverQueue(project),
      workflowBundle: await workflowBundle(),
      activities: { ...server.activities() },
      stickyQueueScheduleToStartTimeout: '1s',
    }),
  ]
  const running = workers.map((worker) => worker.run())
  const openHost = async (): Promise<() => Promise<void>> => {
    host.reopen()
    const worker = await Worker.create({
      ...common,
      taskQueue: hostQueue(hostId),
      activities: { ...host.activities() },
    })
    const ran = worker.run()
    return async () => {
      host.close()
      if (worker.getState() === 'RUNNING') worker.shutdown()
      await ran
    }
  }
  let closeHost = await openHost()
  const processes = new Processes(temporal.client, project, config.timing ?? quickTiming)
  const commands = createTemporalCommands({
    project,
    client: () => temporal.client,
    deadlineMs: 20_000,
    escalation: async (id) => server.snapshots.get(`escalation/${id}`)?.view as EscalationView | undefined,
  })
  const prepare = () => prepareNamespace(temporal.connection, { ...temporal, embedded: true })
  const restorer = openRestorer({
    project: { id: project, ...config },
    store: server.store(),
    logger: silent,
    localHost: hostId,
    prepare,
  })
  await restorer.begin(processes)
  const announce = () =>
    processes.hostAnnounced({ id: hostId, label: hostId, kinds: ['worktree'], slots: 8, version: '1' })
  await announce()
  await until(() => server.kinds().includes('host.changed'))
  const release = async (): Promise<void> => {
    await closeHost()
    for (const worker of workers) worker.shutdown()
    await Promise.all(running)
    await connection.close()
  }
  return {
    project,
    server,
    host,
    processes,
    restorer,
    commands,
    hostId,
    /** Has a bead worked; the id of its session. */
    async start(bead: string, key = `key-${bead}`): Promise<string> {
      const [result] = await commands.dispatch(order(bead, key))
      if (result?.admitted !== true) throw new Error(`refused: ${JSON.stringify(result)}`)
      return result.session
    },
    /** The host's process stops; nobody has noticed yet. */
    stopHost: () => closeHost(),
    /** The host is noticed to be silent, and goes offline after a while. */
    missHost: () => processes.hostSilent(hostId, Date.now()),
    /** The host is there again, and says so. */
    async wakeHost(): Promise<void> {
      closeHost = await openHost()
      await announce()
      await until(() => (server.snapshots.get(`host/${hostId}`)?.view as HostView | undefined)?.status === 'online')
    },
    release,
    [Symbol.asyncDispose]: release,
  }
}

export const person = { name: 'ada', via: 'console' } as const

export function order(bead: string, key: string): DispatchUpdate {
  return { items: [{ bead }], key, actor: person }
}

/** Waits until something holds; fails after `ms`. */
export async function until(holds: () => unknown, ms = 20_000): Promise<void> {
  for (const end = Date.now() + ms; ;) {
    if (await holds()) return
    if (Date.now() > end) throw new Error(`it never came to hold: ${holds.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
