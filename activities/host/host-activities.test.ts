import { MockActivityEnvironment } from '@temporalio/testing'
import { ApplicationFailure, CancelledFailure } from '@temporalio/common'
import { afterEach, describe, expect, it } from 'vitest'
import { openNativeFixture, type NativeFixture } from '../../agent/backends/native/testing/native-fixture.ts'
import { briefOf, endOf, startOf } from '../../test/conformance/orchestration-plane.ts'
import { hostActivities } from './host-activities.ts'

function run<Request, Result>(
  activity: (request: Request) => Promise<Result>,
  request: Request,
  env = new MockActivityEnvironment(),
): Promise<Result> {
  return env.run<[Request], Result, typeof activity>(activity, request)
}

let fixture: NativeFixture
afterEach(() => fixture.close())

describe('hostActivities', () => {
  it('starts, attends with heartbeats until it is cancelled, and ends', async () => {
    fixture = await openNativeFixture()
    const activities = hostActivities(fixture.plane)
    const agent = fixture.agent(
      'plain',
      'gemba-state working\nwhile read -r line; do [ "$line" = exit ] && exit 0; done',
    )
    const bead = briefOf('ex-1', {})
    const start = startOf(fixture.repository, agent, { session: 's1', bead })
    const started = await run(activities.startPane, start)
    const attend = { session: 's1', fence: 1, cursor: started.cursor, dialog: null }
    const attended = await run(activities.attendPane, attend)
    expect(attended.facts).toMatchObject([{ kind: 'state', state: 'working' }])

    const env = new MockActivityEnvironment()
    let beats = 0
    env.on('heartbeat', () => {
      beats += 1
      if (beats === 3) env.cancel()
    })
    const cancelled = run(activities.attendPane, { ...attend, cursor: attended.cursor }, env)
    await expect(cancelled).rejects.toBeInstanceOf(CancelledFailure)

    const ended = await run(activities.endPane, endOf(start))
    expect(ended.how).toBe('quit')
    const late = run(activities.startPane, start)
    await expect(late).rejects.toMatchObject({
      type: 'session_closed',
      nonRetryable: true,
      details: [{ session: 's1' }],
    })
    await expect(late).rejects.toBeInstanceOf(ApplicationFailure)
  })
})
