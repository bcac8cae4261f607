import type { Client } from '@temporalio/client'
import { sessionWorkflowId } from '../../temporal/contracts/session.ts'
import { connectTemporal } from '../../temporal/connect.ts'
import type { RunningGemba } from '../system/running-gemba.ts'
import { framesOf } from './agent-files.ts'
import { settingsOf } from './bench-scope.ts'
import { SessionFollower } from './event-reader.ts'
import { clock, type Finding, type Measure } from './measure.ts'

const samples = 30
/** On a slow or busy machine there are fewer samples. */
const longestMs = 70_000

/** When each step on the way was reached, in milliseconds since 1970. */
interface Way {
  readonly clicked: number
  readonly answered: number
  readonly begun: number
  readonly claimed: number
  readonly pane: number
  readonly firstFrame: number
  readonly shown: number
}

/** From the click (nonce and dispatch over HTTP) to the pane, one bead after the other, each worked to its end. */
export const dragToPane: Measure = {
  name: 'drag-to-pane',
  title: 'Drag → pane started',
  async run(bench) {
    const gemba = await bench.gemba()
    const { follower, end } = await SessionFollower.open(gemba.api)
    bench.onClose(end)
    const { client, connection } = await connectTemporal(settingsOf(gemba).temporal, new AbortController().signal)
    bench.onClose(() => connection.close())
    const beads: string[] = []
    for (let n = 0; n <= samples; n += 1) beads.push((await gemba.api.create({ title: `Work ${n}` })).id)

    const ways: Way[] = []
    const begun = performance.now()
    for (const bead of beads) {
      ways.push(await oneWay(gemba, client, follower, bead))
      if (performance.now() - begun > longestMs) break
    }
    return findings(ways.slice(1))
  },
}

async function oneWay(gemba: RunningGemba, client: Client, follower: SessionFollower, bead: string): Promise<Way> {
  const clicked = clock()
  const session = await gemba.api.start(bead)
  const answered = clock()
  const shown = await follower.until(session, (view) => view.worktree !== null)
  await follower.until(session, (view) => view.status === 'completed')
  const { project } = settingsOf(gemba)
  const recorded = await recordedSteps(client, sessionWorkflowId(project.id, session))
  const firstFrame = Date.parse(framesOf(gemba, session)[0]?.ts ?? '')
  return { clicked, answered, ...recorded, firstFrame, shown }
}

/** What Temporal wrote down, with its own clock's times. */
async function recordedSteps(client: Client, workflow: string): Promise<Pick<Way, 'begun' | 'claimed' | 'pane'>> {
  const { events } = await client.workflow.getHandle(workflow).fetchHistory()
  const scheduled = new Map<string, string>()
  const completed = new Map<string, number>()
  for (const event of events ?? []) {
    const name = event.activityTaskScheduledEventAttributes?.activityType?.name
    if (name != null) scheduled.set(String(event.eventId), name)
    const of = scheduled.get(String(event.activityTaskCompletedEventAttributes?.scheduledEventId))
    if (of !== undefined && !completed.has(of)) completed.set(of, timeOf(event))
  }
  return {
    begun: timeOf(events?.[0]),
    claimed: completed.get('claimBead') ?? NaN,
    pane: completed.get('startPane') ?? NaN,
  }
}

type Timestamped = { readonly eventTime?: { readonly seconds?: unknown; readonly nanos?: number | null } | null }

function timeOf(event: Timestamped | undefined): number {
  return Number(event?.eventTime?.seconds) * 1_000 + (event?.eventTime?.nanos ?? 0) / 1e6
}

function findings(ways: readonly Way[]): Finding[] {
  const series = (what: string, from: keyof Way, to: keyof Way, more: Partial<Finding> = {}): Finding => ({
    what,
    unit: 'ms',
    samples: ways.map((way) => way[to] - way[from]),
    ...more,
  })
  const aims = [
    { at: 'p50', most: 300 },
    { at: 'p99', most: 1_000 },
  ] as const
  return [
    series('click → pane started', 'clicked', 'pane', { aims, note: 'the pane as its host acknowledged it' }),
    series('… click → session begun (nonce, admission)', 'clicked', 'begun'),
    series('… session begun → bead claimed', 'begun', 'claimed'),
    series('… bead claimed → pane started (worktree, bridge, tmux)', 'claimed', 'pane'),
    series('click → command answered', 'clicked', 'answered'),
    series('click → client told of the pane', 'clicked', 'shown'),
    series('pane started → first frame of the agent', 'pane', 'firstFrame'),
  ]
}
