import { describe, expect, it } from 'vitest'
import type { StateCategory } from '../../../model/bead.ts'
import { makeBead, makeSession } from '../../testing/sample.ts'
import { patched, planMove } from './move.ts'

const open = makeBead('b-1', 'one')
const deferred = makeBead('b-2', 'two', { status: 'deferred' })
const started = makeBead('b-3', 'three', { status: 'in_progress', assignee: 'jon' })
const done = makeBead('b-4', 'four', { status: 'closed' })
const session = makeSession('s1', 'b-3', 'three')

describe('a move', () => {
  it('into In progress is a command, never an edit', () => {
    expect(planMove(open, 'started', undefined)).toEqual({ kind: 'start', first: null })
    expect(planMove(deferred, 'started', undefined)).toMatchObject({ kind: 'start', first: { status: 'open' } })
  })

  it('among the lanes of waiting beads is an edit', () => {
    expect(planMove(open, 'staged', undefined)).toEqual({
      kind: 'edit',
      patch: { status: 'open', addLabels: ['staged:true'] },
    })
    expect(planMove(open, 'backlog', undefined)).toMatchObject({ kind: 'edit', patch: { status: 'deferred' } })
  })

  it('into Done closes, and out of it reopens', () => {
    expect(planMove(open, 'completed', undefined)).toEqual({ kind: 'close' })
    expect(planMove(done, 'started', undefined)).toEqual({ kind: 'reopen', then: 'started' })
  })

  it('is only an edit where nothing is dispatched', () => {
    const plan = (bead: typeof open, target: StateCategory) => planMove(bead, target, undefined, false)
    expect(plan(open, 'started')).toEqual({ kind: 'edit', patch: { status: 'in_progress' } })
    expect(plan(deferred, 'started')).toEqual({ kind: 'edit', patch: { status: 'in_progress' } })
    expect(plan(started, 'backlog')).toMatchObject({ kind: 'edit', patch: { status: 'deferred' } })
    expect(plan(open, 'completed')).toEqual({ kind: 'close' })
    expect(plan(done, 'started')).toEqual({ kind: 'reopen', then: 'started' })
  })

  it('away from a session ends it first', () => {
    expect(planMove(started, 'backlog', session)).toEqual({
      kind: 'end-session',
      session: 's1',
      mode: 'canceled',
      then: 'backlog',
    })
    expect(planMove(started, 'completed', session)).toMatchObject({ kind: 'end-session', mode: 'completed' })
  })

  it('away from somebody without a session takes the bead back', () => {
    expect(planMove(started, 'unstarted', undefined)).toMatchObject({
      kind: 'take-back',
      holder: 'jon',
      patch: { assignee: null },
    })
  })

  it('to where it is does nothing', () => {
    expect(planMove(open, 'unstarted', undefined)).toEqual({ kind: 'stay' })
  })
})

it('shows an edit as it will be written', () => {
  const staged = patched(open, { status: 'open', addLabels: ['staged:true'] })
  expect(staged).toMatchObject({ state: 'staged', labels: ['staged:true'] })
  expect(patched(staged, { status: 'deferred', removeLabels: ['staged:true'] })).toMatchObject({
    state: 'backlog',
    labels: [],
  })
})
