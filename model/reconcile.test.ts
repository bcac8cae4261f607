import { describe, expect, it } from 'vitest'
import { reconcile, sightingGap, type HostPane, type OpenSession, type ReconcileInput } from './reconcile.ts'

const pane = (session: string, bead: string, more: Partial<HostPane> = {}): HostPane => ({
  host: 'local',
  session,
  bead,
  repository: 'main',
  fence: 1,
  alive: true,
  integrated: false,
  ...more,
})
const open = (session: string, bead: string, attending = true): OpenSession => ({
  session,
  bead,
  host: 'local',
  attending,
  over: false,
})

const nothing: Omit<ReconcileInput, 'now'> = {
  held: [],
  sessions: [],
  panes: [],
  announced: ['local'],
  hosts: ['local'],
  seats: [],
  records: [],
  questions: [],
  strays: [],
  holders: [],
  sightings: {},
}

/** What is done about it when it is seen twice, far enough apart. */
function actions(input: Partial<ReconcileInput>): unknown[] {
  const full = { ...nothing, ...input }
  const first = reconcile({ ...full, now: 0 })
  expect(first.actions).toEqual([])
  return reconcile({ ...full, sightings: first.sightings, now: sightingGap }).actions
}

describe('reconcile', () => {
  const held = [{ bead: 'gm-1', session: 's1', known: true, integrated: false }]

  it('row 1: leaves alone what agrees', () => {
    expect(actions({ held, sessions: [open('s1', 'gm-1')], panes: [pane('s1', 'gm-1')] })).toEqual([])
  })
  it('row 2: looks again at a session whose pane is gone', () => {
    expect(actions({ held, sessions: [open('s1', 'gm-1')] })).toEqual([{ kind: 'reattach', session: 's1' }])
    expect(
      actions({ held, sessions: [open('s1', 'gm-1')], panes: [pane('s1', 'gm-1', { alive: false })] }),
    ).toHaveLength(1)
  })
  it('row 2: not while the session is still starting, nor when its host is silent', () => {
    expect(actions({ held, sessions: [open('s1', 'gm-1', false)] })).toEqual([])
    expect(actions({ held, sessions: [open('s1', 'gm-1')], announced: [] })).toEqual([])
  })
  it('row 3: gives back a bead that nobody works on', () => {
    expect(actions({ held })).toEqual([{ kind: 'release', bead: 'gm-1', session: 's1' }])
  })
  it('row 3: closes a bead whose work is in', () => {
    const integrated = held.map((each) => ({ ...each, integrated: true }))
    expect(actions({ held: integrated })).toEqual([{ kind: 'close', bead: 'gm-1', session: 's1' }])
  })
  it('row 3: asks, once, about a bead whose session may be that of another Gemba', () => {
    const foreign = held.map((each) => ({ ...each, known: false }))
    const asked = { escalation: 'e1', bead: 'gm-1', session: 's1', open: true }
    expect(actions({ held: foreign })).toEqual([{ kind: 'unknown-holder', bead: 'gm-1', session: 's1' }])
    expect(actions({ held: foreign, holders: [asked] })).toEqual([])
    expect(actions({ held: foreign, holders: [{ ...asked, open: false }] }), 'it is to be left').toEqual([])
    expect(actions({ holders: [asked] })).toEqual([
      { kind: 'moot', escalation: 'e1', why: 'The bead is no longer held so.' },
    ])
  })
  it('row 3: not before any host was heard, whose panes could hold it', () => {
    expect(actions({ held, announced: [] })).toEqual([])
  })
  it('row 4: ends the pane of a lost session when nothing is lost by it, else asks', () => {
    expect(actions({ held, panes: [pane('s1', 'gm-1', { integrated: true })] })).toMatchObject([{ kind: 'end-pane' }])
    expect(actions({ held, panes: [pane('s1', 'gm-1')] })).toMatchObject([{ kind: 'stray', bead: 'gm-1' }])
  })
  it('row 5: tells a session whose bead somebody else has', () => {
    const panes = [pane('s1', 'gm-1')]
    expect(actions({ sessions: [open('s1', 'gm-1')], panes })).toEqual([
      { kind: 'bead-moved', session: 's1', bead: 'gm-1' },
    ])
  })
  it('row 6: asks about a pane that nobody knows', () => {
    expect(actions({ panes: [pane('s9', 'gm-9')] })).toMatchObject([{ kind: 'stray', bead: null }])
  })
  it('rows 4 and 6: asks once, and leaves alone what a person wants left alone', () => {
    const panes = [pane('s1', 'gm-1'), pane('s9', 'gm-9')]
    const strays = [
      { escalation: 'e1', host: 'local', session: 's1', open: true },
      { escalation: 'e9', host: 'local', session: 's9', open: false },
    ]
    const full = { ...nothing, held, panes, strays }
    expect(reconcile({ ...full, now: 0 }), 'nor is it hot').toEqual({ actions: [], sightings: {} })
  })
  it('closes the question about a pane that has ended, or whose session goes on', () => {
    const strays = [{ escalation: 'e1', host: 'local', session: 's1', open: true }]
    expect(actions({ strays, panes: [pane('s1', 'gm-1', { alive: false })] })).toEqual([
      { kind: 'moot', escalation: 'e1', why: 'The pane has ended.' },
    ])
    expect(actions({ strays, held, sessions: [open('s1', 'gm-1')], panes: [pane('s1', 'gm-1')] })).toEqual([
      { kind: 'moot', escalation: 'e1', why: 'Its session goes on.' },
    ])
    expect(actions({ strays, announced: [] }), 'its host is silent').toEqual([])
    expect(actions({ strays: strays.map((stray) => ({ ...stray, open: false })) }), 'it was answered').toEqual([])
  })
  it('row 3: not while a host is away that could hold its pane', () => {
    expect(actions({ held, hosts: ['local', 'away'] })).toEqual([])
  })
  it('frees seats and closes questions of sessions that are no more', () => {
    const seats = [{ session: 's1', bead: 'gm-1' }]
    const questions = [{ escalation: 'e1', session: 's1', settled: false }]
    const sessions = [open('s1', 'gm-1', false)]
    expect(actions({ seats, questions, sessions })).toEqual([])
    expect(actions({ seats, questions })).toEqual([
      { kind: 'free-seat', session: 's1', bead: 'gm-1' },
      { kind: 'moot', escalation: 'e1', why: 'Its session is no longer running.' },
    ])
  })
  it('closes a question that its session no longer asks', () => {
    const questions = [{ escalation: 'e1', session: 's1', settled: true }]
    expect(actions({ questions, sessions: [open('s1', 'gm-1', false)] })).toEqual([
      { kind: 'moot', escalation: 'e1', why: 'Its session no longer asks it.' },
    ])
  })
  it('mends what is recorded as open and has no workflow, and touches nothing of it meanwhile', () => {
    const record = { kind: 'session', id: 's1', running: false } as const
    const seats = [{ session: 's1', bead: 'gm-1' }]
    const questions = [{ escalation: 'e1', session: 's1', settled: false }]
    const lost = [{ kind: 'lost', record }]
    expect(actions({ records: [record], held, seats, questions, panes: [pane('s1', 'gm-1')] })).toEqual(lost)
    expect(actions({ records: [record], held }), 'no pane either').toEqual(lost)
    const running = [{ ...record, running: true }]
    expect(actions({ records: running, held, sessions: [open('s1', 'gm-1', false)] })).toEqual([])
  })
  it('ends the workflow of a session whose record says that it is over', () => {
    expect(actions({ sessions: [{ ...open('s1', 'gm-1', false), over: true }] })).toEqual([
      { kind: 'relic', session: 's1' },
    ])
  })
  it('forgets a disagreement that went away', () => {
    const full = { ...nothing, held }
    const first = reconcile({ ...full, sightings: {}, now: 0 })
    const agreed = reconcile({ ...full, held: [], sightings: first.sightings, now: 1_000 })
    expect(reconcile({ ...full, sightings: agreed.sightings, now: sightingGap }).actions).toEqual([])
  })
})
