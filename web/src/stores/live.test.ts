import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { effectScope } from 'vue'
import type { EventBody, GembaEvent } from '../../../model/event.ts'
import { makeBead, makeEscalation, makeEvent, makeSession } from '../../testing/sample.ts'
import { useBeads } from './beads.ts'
import { useEscalations } from './escalations.ts'
import { useHappenings } from './happenings.ts'
import { useLive } from './live.ts'
import { useProject } from './project.ts'
import { useSessions } from './sessions.ts'
import { useStarts } from './starts.ts'
import { useToasts } from './toasts.ts'

let number = 0

function event(body: EventBody): GembaEvent {
  number += 1
  return makeEvent(number, body)
}

beforeEach(() => setActivePinia(createPinia()))

describe('events', () => {
  it('settle a start by the session, the bead or the refusal', () => {
    const starts = useStarts()
    for (const id of ['b-1', 'b-2', 'b-3', 'b-4']) starts.begin(id)
    useLive().apply([
      event({ kind: 'session.changed', session: makeSession('s1', 'b-1', 'one', { status: 'initializing' }) }),
      event({ kind: 'bead.changed', bead: makeBead('b-2', 'two', { status: 'in_progress' }) }),
      event({
        kind: 'session.refused',
        session: 's3',
        bead: 'b-3',
        code: 'dispatch_full',
        message: 'All seats are taken.',
      }),
    ])
    expect([...starts.pending.keys()]).toEqual(['b-4'])
    expect(useToasts().shown.at(-1)).toMatchObject({ kind: 'problem', code: 'dispatch_full' })
  })

  it('never open an ended session again', () => {
    const sessions = useSessions()
    const open = makeSession('s1', 'b-1', 'one')
    const ended = makeSession('s1', 'b-1', 'one', { status: 'completed' })
    useLive().apply([
      event({ kind: 'session.changed', session: ended }),
      event({ kind: 'session.changed', session: open }),
    ])
    expect(sessions.get('s1')?.status).toBe('completed')
    expect(sessions.open).toEqual([])
  })

  it('announce a question once, and never take a decision back', () => {
    const escalations = useEscalations()
    const asked = makeEscalation('e1', 'May I?')
    const decided = makeEscalation('e1', 'May I?', { state: 'decided' })
    useLive().apply(
      [asked, asked, decided, asked].map((escalation) => event({ kind: 'escalation.changed', escalation })),
    )
    expect(escalations.open).toEqual([])
    expect(escalations.get('e1')?.state).toBe('decided')
    expect(useToasts().shown.filter((toast) => toast.kind === 'question')).toHaveLength(1)
  })

  it('park, unpark, delete, and tell of the work plane', () => {
    const beads = useBeads()
    beads.replace([makeBead('b-1', 'one')], [])
    const live = useLive()
    live.apply([event({ kind: 'bead.parked', bead: 'b-1', why: 'three failed starts' })])
    expect(beads.parked.get('b-1')?.why).toBe('three failed starts')
    live.apply([
      event({ kind: 'bead.unparked', bead: 'b-1' }),
      event({ kind: 'bead.deleted', bead: 'b-1' }),
      event({ kind: 'work-plane.changed', healthy: false, why: 'Dolt is away' }),
    ])
    expect(beads.parked.size + beads.all.length).toBe(0)
    expect(useProject().workPlane).toEqual({ healthy: false, why: 'Dolt is away', code: null, mend: '' })
    const refused = { healthy: false, why: 'denied', code: 'beads_login_refused', mend: 'Correct it.' }
    live.apply([event({ kind: 'work-plane.changed', ...refused })])
    expect(useProject().workPlane).toEqual(refused)
  })

  it('are told to whoever follows the stream, and to nobody who has left', () => {
    const told: number[] = []
    const scope = effectScope()
    scope.run(() =>
      useHappenings().follow({
        events: (events) => told.push(...events.map((one) => one.number)),
        renewed: () => told.push(0),
      }),
    )
    const one = event({ kind: 'bead.deleted', bead: 'b-1' })
    useLive().apply([one])
    useHappenings().renew()
    scope.stop()
    useLive().apply([one])
    expect(told).toEqual([one.number, 0])
  })
})
