import { ApplicationFailure } from '@temporalio/common'
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
import type { GembaEvent, NewEvent, Publication, Snapshot } from '../../model/event.ts'
import type { HostView } from '../../model/host.ts'
import type { Fact } from '../../model/fact.ts'
import type {
  DeliverAnswer,
  DeliveryOutcome,
  EndedPane,
  IntegrateOutcome,
  StartPane,
} from '../../model/orchestration-plane.ts'
import type { SessionView } from '../../model/session.ts'
import { defaultTiming, type Timing } from '../../model/timing.ts'
import {
  serverQueue,
  hostQueue,
  type BeadFacts,
  type HostActivities,
  type ServerActivities,
} from '../../temporal/contracts/activities.ts'
import type { DispatchUpdate } from '../../temporal/contracts/dispatch.ts'
import { Processes } from '../../temporal/processes.ts'
import { createTemporalCommands } from '../../temporal/temporal-commands.ts'
import { prepareNamespace } from '../../temporal/connect.ts'
import type { Store } from '../../store/store.ts'
import { openRestorer } from '../../workers/restorer.ts'
import type { TestTemporal } from '../temporal-server.ts'

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

interface DoubleBead {
  readonly facts: BeadFacts
  status: string
  assignee: string | null
}

/** A host double: facts are fed by the test, calls are recorded. */
export class HostDouble {
  readonly calls: { name: string; request: unknown }[] = []
  /** What the next calls of an activity fail with. */
  readonly failures = new Map<keyof HostActivities, { code: string; params: Record<string, string> }[]>()
  outcomes: IntegrateOutcome[] = []
  endings: EndedPane[] = []
  delivery: 'delivered' | 'moot' | 'unconfirmed' = 'delivered'
  /** What becomes of one delivery, when it is not `delivery`. */
  deliver: (request: DeliverAnswer) => DeliveryOutcome['outcome'] | undefined = () => undefined
  /** What a start waits for. */
  beforeStart: (request: StartPane) => Promise<void> = async () => undefined
  readonly #facts = new Map<string, Fact[]>()
  #wake: (() => void)[] = []
  #closed = false

  feed(
    session: string,
    ...facts: (Fact extends infer F ? (F extends Fact ? Omit<F, 'offset' | 'at'> : never) : never)[]
  ): void {
    const known = this.#facts.get(session) ?? []
    for (const fact of facts) known.push({ ...fact, offset: known.length, at: new Date().toISOString() } as Fact)
    this.#facts.set(session, known)
    for (const wake of this.#wake.splice(0)) wake()
  }

  /** Lets waiting attends end, so that the worker can stop. */
  close(): void {
    this.#closed = true
    for (const wake of this.#wake.splice(0)) wake()
  }

  /** Undoes `close`. */
  reopen(): void {
    this.#closed = false
  }

  count(name: keyof HostActivities): number {
    return this.calls.filter((call) => call.name === name).length
  }

  activities(): HostActivities {
    const note = (name: keyof HostActivities, request: unknown): void => {
      this.calls.push({ name, request })
      const failing = this.failures.get(name)?.shift()
      if (failing !== undefined)
        throw ApplicationFailure.create({
          type: failing.code,
          message: failing.code,
          nonRetryable: true,
          details: [failing.params],
        })
    }
    return {
      startPane: async (request) => {
        note('startPane', request)
        await this.beforeStart(request)
        return { pane: '%1', pid: 1, worktree: '/w', branch: `bead/${request.bead.id}`, cursor: 0, note: '' }
      },
      attendPane: async (request) => {
        note('attendPane', request)
        for (const end = Date.now() + 30_000; Date.now() < end && !this.#closed;) {
          const facts = (this.#facts.get(request.session) ?? []).slice(request.cursor)
          if (facts.length > 0) return { cursor: request.cursor + facts.length, facts }
          await new Promise<void>((resolve) => {
            this.#wake.push(resolve)
            setTimeout(resolve, 50)
          })
        }
        return { cursor: request.cursor, facts: [] }
      },
      deliverAnswer: async (request) => {
        note('deliverAnswer', request)
        return { outcome: this.deliver(request) ?? this.delivery, note: '' }
      },
      sayToPane: async (request) => {
        note('sayToPane', request)
        return { outcome: 'delivered', note: '' }
      },
      integrate: async (request) => {
        note('integrate', request)
        return this.outcomes.shift() ?? { outcome: 'integrated', commit: 'c0ffee', commits: 1, filesChanged: 1 }
      },
      endPane: async (request) => {
        note('endPane', request)
        return this.endings.shift() ?? { how: 'quit', worktree: request.removeWorktree ? 'removed' : 'kept', note: '' }
      },
    }
  }
}

function refuse(code: string | undefined): void {
  if (code === undefined) return
  throw ApplicationFailure.create({ type: code, message: code, nonRetryable: true, details: [{}] })
}

/** A server double: beads in memory with the claim's compare-and-set, and everything that was published. */
export class ServerDouble {
  readonly beads = new Map<string, DoubleBead>()
  readonly events: NewEvent[] = []
  readonly snapshots = new Map<string, Snapshot>()
  readonly closed: string[] = []
  /** What the next publications are refused with. */
  publishRefusals: string[] = []
  /** What the next closes are refused with. */
  closeRefusals: string[] = []
  /** What the next looks at beads are refused with. */
  inspectRefusals: string[] = []
  /** Called before a claim looks at the bead. */
  beforeClaim: (bead: DoubleBead) => void = () => undefined
  readonly #published = new Set<string>()

  add(id: string, facts: Partial<BeadFacts> = {}): void {
    const all: BeadFacts = {
      id,
      title: `Bead ${id}`,
      type: 'task',
      status: 'open',
      assignee: null,
      labels: [],
      blockedBy: [],
      ...facts,
    }
    this.beads.set(id, { facts: all, status: all.status, assignee: all.assignee })
  }

  session(id: string): SessionView | undefined {
    return this.snapshots.get(`session/${id}`)?.view as SessionView | undefined
  }

  escalations(): EscalationView[] {
    return [...this.snapshots.values()]
      .filter((snapshot) => snapshot.kind === 'escalation')
      .map((snapshot) => snapshot.view as EscalationView)
  }

  kinds(): string[] {
    return this.events.map((event) => event.body.kind)
  }

  /** What was published, as the store gives it. */
  store(): Pick<Store, 'snapshot' | 'snapshots' | 'publish'> {
    return {
      snapshot: async (kind, id) => this.snapshots.get(`${kind}/${id}`),
      snapshots: async ({ kind, open }) => ({
        items: [...this.snapshots.values()].filter((each) => each.kind === kind && each.open === (open ?? each.open)),
        cursor: null,
      }),
      publish: async (publication) => {
        await this.activities().publish(publication)
        return []
      },
    }
  }

  activities(): ServerActivities {
    return {
      inspectBeads: async (ids) => {
        refuse(this.inspectRefusals.shift())
        return ids.flatMap((id) => {
          const bead = this.beads.get(id)
          return bead === undefined ? [] : [{ ...bead.facts, status: bead.status, assignee: bead.assignee }]
        })
      },
      claimBead: async ({ bead, session }) => {
        const known = this.beads.get(bead)
        const holder = `gemba/${session}`
        if (known !== undefined) this.beforeClaim(known)
        if (known === undefined) return { claimed: false, holder: null, status: 'deleted' }
        if (known.assignee !== holder && (known.status !== 'open' || known.assignee !== null)) {
          return { claimed: false, holder: known.assignee, status: known.status }
        }
        known.status = 'in_progress'
        known.assignee = holder
        const { id, title, type, labels } = known.facts
        return {
          claimed: true,
          bead: { id, title, type, labels, description: '', design: '', acceptance: '', notes: '' },
        }
      },
      closeBead: async ({ bead }) => {
        refuse(this.closeRefusals.shift())
        const known = this.beads.get(bead)
        if (known !== undefined) known.status = 'closed'
        this.closed.push(bead)
        return { outcome: 'closed', why: '' }
      },
      releaseBead: async ({ bead, session }) => {
        const known = this.beads.get(bead)
        if (known?.assignee !== `gemba/${session}`) return false
        known.status = 'open'
        known.assignee = null
        return true
      },
      publish: async ({ events, snapshot }: Publication) => {
        refuse(this.publishRefusals.shift())
        const heard = events.filter(({ source, sourceRevision }) => !this.#published.has(`${source}#${sourceRevision}`))
        this.events.push(...heard)
        for (const { source, sourceRevision } of heard) this.#published.add(`${source}#${sourceRevision}`)
        const key = `${snapshot.kind}/${snapshot.id}`
        const before = this.snapshots.get(key)
        if (before === undefined || before.revision < snapshot.revision) this.snapshots.set(key, snapshot)
        if (before === undefined || before.revision <= snapshot.revision) return null
        return { recorded: before.revision, heard: heard.length > 0 }
      },
    }
  }
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
      // Each task replays the whole history, so that a step which is not deterministic fails.
      maxCachedWorkflows: 0,
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

export type { GembaEvent }
