import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { system } from '../../model/actor.ts'
import type { EscalationRequest } from '../../model/escalation.ts'
import type { EndPane } from '../../model/orchestration-plane.ts'
import { startTemporal, type TestTemporal } from '../temporal-server.ts'
import { openWorkflowBench, person, until } from './bench-of-doubles.ts'

let temporal: TestTemporal
beforeAll(async () => {
  temporal = await startTemporal()
})
afterAll(() => temporal.release())

const end: EndPane = {
  session: 's1',
  fence: 9,
  repository: 'main',
  bead: 'gm-1',
  graceMs: 10,
  removeWorktree: true,
  onlyIntegrated: true,
}

function questionOf(project: string, host: string): EscalationRequest {
  return {
    id: `escalation/${project}/stray_pane/${host}-s1`,
    project,
    source: 'stray_pane',
    urgency: 'blocking',
    session: null,
    bead: 'gm-1',
    host,
    title: 'A pane is running that no session owns.',
    text: '',
    options: [
      { value: 'end', label: 'End it', tone: 'destructive' },
      { value: 'leave', label: 'Leave it', tone: 'neutral' },
    ],
    freeText: false,
    createdAt: new Date().toISOString(),
  }
}

const decided = { value: 'end', text: '', by: system.name, via: system.via, at: new Date().toISOString() }

describe('a pane that no session owns', () => {
  it('is ended unasked, or becomes a question when its host finds work in it', async () => {
    await using b = await openWorkflowBench(temporal, 'stray')
    const question = questionOf('stray', b.hostId)
    b.host.endings = [{ how: 'refused', worktree: 'kept', note: 'Its work is not integrated.' }]
    await b.processes.escalate(question, { kind: 'stray', host: b.hostId, end }, decided)
    await until(() => b.server.escalations()[0]?.state === 'open')
    expect(b.server.escalations()[0]?.decision).toBeNull()
    await b.commands.answer({ escalation: question.id, value: 'end', text: '', key: 'k', actor: person })
    await until(() => b.server.escalations()[0]?.state === 'delivered')
    expect(b.server.escalations()[0]?.decision?.by).toBe('ada')
    const asked = b.host.calls.filter(({ name }) => name === 'endPane').map(({ request }) => request as EndPane)
    expect(asked).toEqual([end, { ...end, onlyIntegrated: false, removeWorktree: false }])
  })

  it('is no question any more once it has ended', async () => {
    await using b = await openWorkflowBench(temporal, 'ended')
    const question = questionOf('ended', b.hostId)
    await b.processes.escalate(question, { kind: 'stray', host: b.hostId, end }, null)
    await until(() => b.server.escalations()[0]?.state === 'open')
    await b.processes.moot(question.id, 'The pane has ended.')
    await until(() => b.server.escalations()[0]?.state === 'moot')
    expect(b.host.count('endPane')).toBe(0)
  })
})
