import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { NativeConnection, Worker } from '@temporalio/worker'
import { createPool, type RowDataPacket } from 'mysql2/promise'
import { expect } from 'vitest'
import { hostActivities } from '../../activities/host/host-activities.ts'
import { serverActivities } from '../../activities/server/server-activities.ts'
import { openNativePlane } from '../../agent/backends/native/native-plane.ts'
import { agentType } from '../../agent/backends/native/testing/native-fixture.ts'
import { hostDefinitions } from '../../agent/host-definitions.ts'
import { openRepositories } from '../../agent/repository/repositories.ts'
import { system } from '../../model/actor.ts'
import { knownAgent, knownRepository, type Repository } from '../../model/agent.ts'
import type { EscalationView } from '../../model/escalation.ts'
import type { GembaEvent, Publication } from '../../model/event.ts'
import type { SessionView } from '../../model/session.ts'
import { openBeads } from '../../planes/work/beads-sql.ts'
import { createBeads } from '../../planes/work/create-beads.ts'
import { exec, run } from '../../runtime/exec.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { openStore } from '../../store/open-store.ts'
import type { Commands } from '../../temporal/commands.ts'
import {
  hostQueue,
  serverQueue,
  type HostActivities,
  type ServerActivities,
} from '../../temporal/contracts/activities.ts'
import { Processes } from '../../temporal/processes.ts'
import { createTemporalCommands } from '../../temporal/temporal-commands.ts'
import { startDoltServer } from '../dolt-server.ts'
import { startTemporal } from '../temporal-server.ts'
import { eventually } from '../system/api-client.ts'
import { quickTiming, workflowBundle } from '../workflows/bench-of-doubles.ts'

type ActivityName = keyof ServerActivities | keyof HostActivities

/** An activity of one bead whose answers get lost. */
export interface Loss {
  readonly activity: ActivityName
  /** `failed`: the answer of each first try is a failure instead. `silent`: the first answer never comes. */
  readonly how: 'failed' | 'silent'
  readonly bead: string
}

/** Real Dolt, store, tmux, git, Temporal and workers, in which answers of activities can be lost on their way. */
export interface RealBench {
  readonly commands: Commands
  create(title: string): Promise<string>
  /** Loses answers from now on; `count` says how many so far. */
  lose(loss: Loss): { readonly count: number }
  session(id: string): Promise<SessionView | undefined>
  escalation(id: string): Promise<EscalationView | undefined>
  /** The id of the bead's open escalation, once there is one. */
  escalationOf(bead: string): Promise<string>
  events(): Promise<GembaEvent[]>
  /** How often an agent was started for the session. */
  launchesOf(session: string): number
  windowsOf(session: string): Promise<string[]>
  /** A file as it is on the base branch. */
  merged(file: string): Promise<string>
  mergesOf(bead: string): Promise<string[]>
  beadRow(bead: string): Promise<{ status: string; assignee: string | null }>
  /** Types of the bead's event rows in Beads, sorted. */
  beadEvents(bead: string): Promise<string[]>
  /** Messages of Gemba's commits in Dolt about the bead, but for its creation, sorted. */
  beadCommits(bead: string): Promise<string[]>
  /** Everything that the session's workflow published stands in the log once, and the log has no gap. */
  expectPublishedOnce(session: string): Promise<void>
  release(): Promise<void>
}

/** Writes down each start and each line that is typed; commits them at `finish`. */
const scribe = `#!/bin/sh
echo "$GEMBA_SESSION_ID" >> "$STARTS"
gemba-state working
gemba-ask --kind question --role manager --text "Which colour?" --option red --option blue
while IFS= read -r line; do
  [ "$line" = /exit ] && exit
  printf '%s\\n' "$line" >> "typed-$GEMBA_BEAD.txt"
  [ "$line" = finish ] || continue
  git add -A
  git -c user.name=Scribe -c user.email=scribe@localhost commit -q -m work
  gemba-state bead-done --bead "$GEMBA_BEAD" --note typed
done
`
const host = 'local'
const project = 'lost'
const lostTiming = { ...quickTiming, serverActivity: 3_000, heartbeat: 2_000 }

export async function openRealBench(): Promise<RealBench> {
  const releases: (() => Promise<unknown>)[] = []
  const release = async () => {
    for (const each of releases.reverse()) await each()
  }
  try {
    return { ...(await openParts(releases)), release }
  } catch (error) {
    await release()
    throw error
  }
}

async function openParts(releases: (() => Promise<unknown>)[]): Promise<Omit<RealBench, 'release'>> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gemba-lost-')))
  releases.push(async () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }))
  const home = join(folder, 'home')
  mkdirSync(home)
  const repository = await makeRepository(join(folder, 'repository'))
  const starts = join(folder, 'starts')
  writeFileSync(starts, '')
  writeFileSync(join(folder, 'scribe'), scribe, { mode: 0o755 })
  const agent = agentType({
    name: 'scribe',
    command: join(folder, 'scribe'),
    env: { STARTS: starts },
    quit: '/exit',
    maxParallel: 50,
  })

  const dolt = await startDoltServer()
  releases.push(() => dolt.release())
  const temporal = await startTemporal()
  releases.push(() => temporal.release())
  const login = { host: dolt.host, port: dolt.port, user: dolt.user, database: 'lost' }
  await createBeads({ ...login, prefix: 'gm' })
  const work = await openBeads(login)
  releases.push(() => work.disconnect())
  const pool = createPool({ ...login, dateStrings: true })
  releases.push(() => pool.end())
  const store = await openStore({ at: { folder: join(folder, 'store') } })
  releases.push(() => store.close())
  const socket = `gemba-lost-${process.pid}`
  releases.push(() => exec(locateTool('tmux'), ['-L', socket, 'kill-server']))
  const plane = await openNativePlane({
    host,
    folder: join(folder, 'host'),
    socket,
    definitions: hostDefinitions(host, [agent], [repository]),
    repositories: openRepositories(),
    env: { PATH: process.env['PATH'], TMUX_TMPDIR: process.env['TMUX_TMPDIR'], HOME: home },
  })
  releases.push(() => plane.close())

  const losses = new Losses()
  const connection = await NativeConnection.connect({ address: temporal.address })
  releases.push(() => connection.close())
  const common = { connection, namespace: temporal.namespace, shutdownGraceTime: '200ms', shutdownForceTime: '5s' }
  const workers = [
    await Worker.create({
      ...common,
      taskQueue: serverQueue(project),
      workflowBundle: await workflowBundle(),
      activities: losses.through({ ...serverActivities({ work, store, poke: () => undefined }) }),
      stickyQueueScheduleToStartTimeout: '1s',
    }),
    await Worker.create({
      ...common,
      taskQueue: hostQueue(host),
      activities: losses.through({ ...hostActivities(plane) }),
      maxHeartbeatThrottleInterval: '1s',
      defaultHeartbeatThrottleInterval: '1s',
    }),
  ]
  const running = workers.map((worker) => worker.run())
  releases.push(async () => {
    for (const worker of workers) worker.shutdown()
    await Promise.allSettled(running)
  })

  const processes = new Processes(temporal.client, project, lostTiming)
  await processes.configure({
    repositories: [knownRepository(repository)],
    agents: [knownAgent(agent)],
    defaultAgent: agent.name,
    maxSessions: 50,
  })
  await processes.hostAnnounced({ id: host, label: host, kinds: ['worktree'], slots: 50, version: '1' })
  const escalations = async () => {
    const { items } = await store.snapshots({ kind: 'escalation', project, limit: 1000 })
    return items.map((snapshot) => snapshot.view as EscalationView)
  }
  const events = () => store.events({ after: 0, limit: 10_000 })
  await eventually('the host is online', async () => (await events()).some(({ body }) => body.kind === 'host.changed'))
  const rows = async <T>(sql: string, values: readonly unknown[]): Promise<T[]> => {
    const [found] = await pool.query<RowDataPacket[]>(sql, [...values])
    return found as unknown as T[]
  }
  const git = (...args: string[]) => run(locateTool('git'), ['-C', repository.path, ...args])

  return {
    commands: createTemporalCommands({
      project,
      client: () => temporal.client,
      deadlineMs: 30_000,
      escalation: async (id) => (await store.snapshot('escalation', id))?.view as EscalationView | undefined,
    }),
    create: async (title) => (await work.create({ title }, { actor: system })).id,
    lose: (loss) => losses.add(loss),
    session: async (id) => (await store.snapshot('session', id))?.view as SessionView | undefined,
    escalation: async (id) => (await escalations()).find((view) => view.id === id),
    escalationOf: (bead) =>
      eventually(
        'it asks',
        async () => (await escalations()).find((view) => view.bead === bead && view.state === 'open')?.id,
        120_000,
      ),
    events,
    launchesOf: (session) =>
      readFileSync(starts, 'utf8')
        .split('\n')
        .filter((line) => line === session).length,
    async windowsOf(session) {
      const listed = await exec(locateTool('tmux'), ['-L', socket, 'list-windows', '-a', '-F', '#{window_name}'])
      return listed.stdout.split('\n').filter((name) => name.includes(session))
    },
    merged: (file) => git('show', `main:${file}`),
    mergesOf: async (bead) =>
      (await git('log', '--format=%H', `--grep=^Bead: ${bead}$`, 'main')).split('\n').filter(Boolean),
    async beadRow(bead) {
      const [row] = await rows<{ status: string; assignee: string | null }>(
        'SELECT status, assignee FROM issues WHERE id = ?',
        [bead],
      )
      return { status: row?.status ?? 'none', assignee: row?.assignee ?? null }
    },
    beadEvents: async (bead) =>
      (await rows<{ type: string }>('SELECT event_type AS type FROM events WHERE issue_id = ?', [bead]))
        .map((row) => row.type)
        .sort(),
    beadCommits: async (bead) =>
      (await rows<{ message: string }>('SELECT message FROM dolt_log WHERE message LIKE ?', [`gemba: % ${bead}`]))
        .map((row) => row.message)
        .filter((message) => !message.startsWith('gemba: create'))
        .sort(),
    expectPublishedOnce: async (session) => expectOnce(await events(), session),
  }
}

function expectOnce(all: readonly GembaEvent[], session: string): void {
  expect(all.map((event) => event.number)).toEqual(all.map((_, index) => index + 1))
  const mine = all.filter((event) => event.source === `session/${project}/${session}`)
  const first = mine[0]?.sourceRevision ?? 0
  expect(mine.map((event) => event.sourceRevision)).toEqual(mine.map((_, index) => first + index))
  expect(mine.length).toBeGreaterThan(3)
}

async function makeRepository(path: string): Promise<Repository> {
  const git = (...args: string[]) =>
    run(locateTool('git'), ['-c', 'user.name=T', '-c', 'user.email=t@localhost', '-C', path, ...args])
  mkdirSync(path)
  await git('init', '-q', '-b', 'main')
  writeFileSync(join(path, 'README.md'), 'hello\n')
  await git('add', '-A')
  await git('commit', '-q', '-m', 'Begin')
  return { id: 'main', path, base: 'main', integration: 'merge', remote: 'origin', prefixes: ['gm'] }
}

type Work = (...args: never[]) => Promise<unknown>

/** Lets activities do their work and loses what they answer. */
class Losses {
  readonly #all: { readonly loss: Loss; count: number }[] = []
  readonly #beads = new Map<string, string>()

  add(loss: Loss): { readonly count: number } {
    const entry = { loss, count: 0 }
    this.#all.push(entry)
    return entry
  }

  /** The same activities, with answers that may be lost. */
  through<T extends object>(activities: T): T {
    const entries = Object.entries(activities).map(([name, work]) => [
      name,
      async (...args: unknown[]): Promise<unknown> => {
        const answer = await (work as (...args: unknown[]) => ReturnType<Work>)(...args)
        await this.#onItsWay(name, this.#beadOf(args[0]))
        return answer
      },
    ])
    return Object.fromEntries(entries) as T
  }

  async #onItsWay(activity: string, bead: string | undefined): Promise<void> {
    const entry = this.#all.find(({ loss }) => loss.activity === activity && loss.bead === bead)
    const { info, cancelled } = Context.current()
    if (entry === undefined || info.attempt > 1) return
    if (entry.loss.how === 'silent' && entry.count > 0) return
    entry.count += 1
    if (entry.loss.how === 'failed') throw ApplicationFailure.retryable('the answer was lost', 'internal')
    await cancelled
  }

  #beadOf(request: unknown): string | undefined {
    if (Array.isArray(request)) return String(request[0])
    const { bead, session, snapshot } = request as Partial<{
      bead: string | { id: string }
      session: string
      snapshot: Publication['snapshot']
    }>
    if (snapshot !== undefined) return snapshot.kind === 'session' ? (snapshot.view as SessionView).bead : undefined
    const named = typeof bead === 'object' ? bead.id : bead
    if (named !== undefined && session !== undefined) this.#beads.set(session, named)
    return named ?? this.#beads.get(session ?? '')
  }
}
