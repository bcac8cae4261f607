import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { eventually } from '../system/api-client.ts'
import { person } from '../workflows/bench-of-doubles.ts'
import { openRealBench, type Loss, type RealBench } from './real-bench.ts'

/**
 * The write that happened though the caller saw a time-out, for every activity: the work is carried out, then its answer
 * is lost. `failed`: the answer of every first try becomes a failure. `silent`: one answer never comes, until the time
 * limit. What counts is that there is one effect all the same.
 */
let bench: RealBench

vi.setConfig({ maxConcurrency: 12 })
const patience = 120_000
const limit = 240_000

beforeAll(async () => {
  bench = await openRealBench()
})
afterAll(() => bench?.release())

const losses = ['failed', 'silent'] as const satisfies readonly Loss['how'][]
const onTheWayToDone = [
  'inspectBeads',
  'claimBead',
  'startPane',
  'attendPane',
  'deliverAnswer',
  'sayToPane',
  'integrate',
  'closeBead',
  'endPane',
  'publish',
] as const
const cases = onTheWayToDone.flatMap((activity) => losses.map((how) => ({ activity, how })))

async function begin(activity: Loss['activity'], how: Loss['how']) {
  const bead = await bench.create(`${activity} ${how}`)
  const loss = bench.lose({ activity, how, bead })
  const [result] = await bench.commands.dispatch({ items: [{ bead }], key: `start-${bead}`, actor: person })
  if (result?.admitted !== true) throw new Error(`refused: ${JSON.stringify(result)}`)
  const asked = await bench.escalationOf(bead)
  return { bead, loss, session: result.session, asked }
}

describe('an answer that is lost after the work was done', () => {
  it.concurrent.each(cases)(
    '$activity, $how: one effect',
    async ({ activity, how }) => {
      const { bead, loss, session, asked } = await begin(activity, how)
      await bench.commands.answer({ escalation: asked, value: 'blue', text: '', key: `answer-${bead}`, actor: person })
      await eventually(
        'the answer is delivered',
        async () => (await bench.escalation(asked))?.state === 'delivered',
        patience,
      )
      await bench.commands.say({ session, text: 'finish', key: `say-${bead}`, actor: person })
      await eventually('the session has ended', async () => (await bench.session(session))?.endedAt != null, patience)

      expect(loss.count, 'answers lost').toBeGreaterThan(0)
      expect(await bench.session(session)).toMatchObject({
        status: 'completed',
        closeReason: 'bead_done',
        fence: 1,
        worktree: null,
        openEscalations: [],
        digest: { commits: 1, filesChanged: 1 },
      })
      expect(bench.launchesOf(session)).toBe(1)
      expect(await bench.windowsOf(session)).toEqual([])
      expect(await bench.merged(`typed-${bead}.txt`)).toBe('blue\nfinish\n')
      expect(await bench.mergesOf(bead)).toHaveLength(1)
      expect(await bench.beadRow(bead)).toEqual({ status: 'closed', assignee: `gemba/${session}` })
      expect(await bench.beadEvents(bead)).toEqual(['claimed', 'closed', 'created'])
      expect(await bench.beadCommits(bead)).toEqual([`gemba: claim ${bead}`, `gemba: close ${bead}`])
      await bench.expectPublishedOnce(session)
    },
    limit,
  )

  it.concurrent.each(
    losses.flatMap((how) => (['releaseBead', 'endPane'] as const).map((activity) => ({ activity, how }))),
  )(
    '$activity of a session that is ended, $how: given back once',
    async ({ activity, how }) => {
      const { bead, loss, session } = await begin(activity, how)
      await bench.commands.end({ session, mode: 'canceled', key: `end-${bead}`, actor: person })
      await eventually('the session has ended', async () => (await bench.session(session))?.endedAt != null, patience)

      expect(loss.count, 'answers lost').toBeGreaterThan(0)
      expect(await bench.session(session)).toMatchObject({ status: 'completed', closeReason: 'user_stop' })
      expect(bench.launchesOf(session)).toBe(1)
      expect(await bench.windowsOf(session)).toEqual([])
      expect(await bench.beadRow(bead)).toEqual({ status: 'open', assignee: null })
      expect(await bench.beadEvents(bead)).toEqual(['claimed', 'created', 'status_changed'])
      expect(await bench.beadCommits(bead)).toEqual([`gemba: claim ${bead}`, `gemba: release ${bead}`])
      const events = await bench.events()
      const released = events.filter(({ body }) => body.kind === 'bead.released' && body.bead === bead)
      expect(released).toHaveLength(1)
      await bench.expectPublishedOnce(session)
    },
    limit,
  )
})
