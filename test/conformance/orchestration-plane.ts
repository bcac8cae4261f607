import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rulesOf, type AgentType, type Repository } from '../../model/agent.ts'
import type { Fact } from '../../model/fact.ts'
import type { BeadBrief, EndPane, OrchestrationPlane, StartedPane, StartPane } from '../../model/orchestration-plane.ts'

/** Agents that a backend's fixture brings for the suite; each reports by the sentinels or what stands in for them. */
export interface ConformanceAgents {
  /** Reports `working`, then waits until it is told to quit. */
  readonly working: AgentType
  /** Reports its bead done with the note `all done`, then waits. */
  readonly done: AgentType
  /** Asks the question `Which one?` with options `left` and `right`; reports `ready` with each line typed to it as note. */
  readonly asking: AgentType
  /** Ends at once with status 3. */
  readonly ending: AgentType
  /** Its program is not there. */
  readonly missing: AgentType
}

export interface ConformanceFixture {
  readonly plane: OrchestrationPlane
  readonly repository: Repository
  readonly agents: ConformanceAgents
  close(): Promise<void>
}

let sessions = 0

/** What every orchestration backend promises (model/orchestration-plane.ts). Each test uses a session and a bead of its own. */
export function orchestrationPlaneConformance(name: string, open: () => Promise<ConformanceFixture>): void {
  describe(`orchestration plane: ${name}`, () => {
    let fixture: ConformanceFixture
    beforeAll(async () => {
      fixture = await open()
    })
    afterAll(() => fixture.close())

    const request = (agent: AgentType, bead: Partial<BeadBrief> = {}): StartPane => {
      sessions += 1
      const session = `conf${process.pid}n${sessions}`
      return startOf(fixture.repository, agent, { session, bead: briefOf(`ex-${sessions}`, bead) })
    }
    const facts = (start: StartPane, started: StartedPane, until: (fact: Fact) => boolean) =>
      factsUntil(fixture.plane, start, started.cursor, until)

    it('says what it can do', () => {
      expect(fixture.plane.manifest().version).not.toBe('')
    })

    it('starts once for a fence', async () => {
      const start = request(fixture.agents.working)
      const first = await fixture.plane.start(start)
      expect(first.branch).toBe(`bead/${start.bead.id}`)
      expect(await fixture.plane.start(start)).toEqual(first)
      const twice = await Promise.all([fixture.plane.start(start), fixture.plane.start(start)])
      expect(twice).toEqual([first, first])
      expect(await paneOf(fixture.plane, start.session)).toMatchObject({ fence: 1, alive: true, bead: start.bead.id })
    })

    it('tells facts from the cursor on, again and again', async () => {
      const start = request(fixture.agents.done)
      const started = await fixture.plane.start(start)
      const { all, cursor } = await facts(start, started, (fact) => fact.kind === 'done')
      expect(all.at(-1)).toMatchObject({ kind: 'done', bead: start.bead.id, note: 'all done' })
      expect(cursor).toBeGreaterThan(started.cursor)
      const again = await facts(start, started, (fact) => fact.kind === 'done')
      expect(again.all).toEqual(all)
    })

    it('gives a new launch to a higher fence and refuses the lower one everywhere', async () => {
      const start = request(fixture.agents.working)
      const first = await fixture.plane.start(start)
      const second = await fixture.plane.start({ ...start, fence: 2 })
      expect(second.pid).not.toBe(first.pid)
      expect(second.worktree).toBe(first.worktree)
      expect(second.cursor).toBeGreaterThanOrEqual(first.cursor)
      const stale = { code: 'fence_stale' }
      const { plane } = fixture
      const { session } = start
      const answer = { kind: 'text', text: 'x' } as const
      const attended = { signal: AbortSignal.timeout(10_000), beat: () => undefined }
      await expect(plane.start(start)).rejects.toMatchObject(stale)
      await expect(
        plane.attend({ session, fence: 1, cursor: first.cursor, dialog: null }, attended),
      ).rejects.toMatchObject(stale)
      await expect(plane.say({ session, fence: 1, key: 'k', text: 'x' })).rejects.toMatchObject(stale)
      await expect(plane.deliver({ session, fence: 1, escalation: 'e', answer, confirmMs: 100 })).rejects.toMatchObject(
        stale,
      )
      await expect(plane.integrate(integrateOf(start))).rejects.toMatchObject(stale)
      await expect(plane.end(endOf(start))).rejects.toMatchObject(stale)
    })

    it('ends an attend of an earlier attempt when a later one starts', async () => {
      const start = request(fixture.agents.working)
      const started = await fixture.plane.start(start)
      const { cursor } = await facts(start, started, (fact) => fact.kind === 'state')
      const attended = fixture.plane.attend(
        { session: start.session, fence: 1, cursor, dialog: null },
        { signal: AbortSignal.timeout(20_000), beat: () => undefined },
      )
      const refused = expect(attended).rejects.toMatchObject({ code: 'fence_stale' })
      await fixture.plane.start({ ...start, fence: 2 })
      await refused
    })

    it('brings a question and its answer, typed once', async () => {
      const start = request(fixture.agents.asking)
      const started = await fixture.plane.start(start)
      const asked = await facts(start, started, (fact) => fact.kind === 'ask')
      expect(asked.all.at(-1)).toMatchObject({ ask: { text: 'Which one?', options: ['left', 'right'] } })
      const { session } = start
      const answer = { kind: 'text', text: 'left; $(touch canary) #(touch canary)' } as const
      const deliver = { session, fence: 1, escalation: 'e/1', answer, confirmMs: 30_000 }
      const outcome = await fixture.plane.deliver(deliver)
      expect(outcome.outcome).toBe('delivered')
      expect(await fixture.plane.deliver(deliver)).toEqual(outcome)
      await fixture.plane.say({ session, fence: 1, key: 'k1', text: 'more' })
      await fixture.plane.say({ session, fence: 1, key: 'k1', text: 'more' })
      await fixture.plane.say({ session, fence: 1, key: 'k2', text: 'last' })
      const heard = await facts(start, started, (fact) => fact.kind === 'state' && fact.note === 'last')
      const notes = heard.all.flatMap((fact) => (fact.kind === 'state' && fact.state === 'ready' ? fact.note : []))
      expect(notes).toEqual([answer.text, 'more', 'last'])
    })

    it('tells that a program has ended', async () => {
      const start = request(fixture.agents.ending)
      const started = await fixture.plane.start(start)
      const { all } = await facts(start, started, (fact) => fact.kind === 'gone')
      expect(all.at(-1)).toMatchObject({ kind: 'gone', exitStatus: 3 })
      expect(await paneOf(fixture.plane, start.session)).toMatchObject({ alive: false })
      await expect(fixture.plane.say({ session: start.session, fence: 1, key: 'k', text: 'x' })).rejects.toMatchObject({
        code: 'pane_gone',
      })
    })

    it('rejects an attend whose signal is aborted, and beats while it waits', async () => {
      const start = request(fixture.agents.working)
      const started = await fixture.plane.start(start)
      const { cursor } = await facts(start, started, (fact) => fact.kind === 'state')
      const control = new AbortController()
      let beats = 0
      const beat = () => {
        beats += 1
        if (beats === 3) control.abort(new Error('enough'))
      }
      await expect(
        fixture.plane.attend(
          { session: start.session, fence: 1, cursor, dialog: null },
          { signal: control.signal, beat },
        ),
      ).rejects.toThrow('enough')
    })

    it('ends a session for good', async () => {
      const start = request(fixture.agents.working)
      await fixture.plane.start(start)
      const ended = await fixture.plane.end(endOf(start))
      expect(ended.how).not.toBe('absent')
      expect(await fixture.plane.end(endOf(start))).toMatchObject({ how: 'absent' })
      expect(await paneOf(fixture.plane, start.session)).toBeUndefined()
      await expect(fixture.plane.start(start)).rejects.toMatchObject({ code: 'session_closed' })
      await expect(fixture.plane.peek(start.session, 5)).rejects.toMatchObject({ code: 'pane_gone' })
    })

    it('refuses a start that comes after its end', async () => {
      const start = request(fixture.agents.working)
      expect(await fixture.plane.end(endOf(start))).toMatchObject({ how: 'absent' })
      await expect(fixture.plane.start(start)).rejects.toMatchObject({ code: 'session_closed' })
    })

    it('takes hostile texts as texts', async () => {
      const start = request(fixture.agents.done, hostile)
      const started = await fixture.plane.start(start)
      await facts(start, started, (fact) => fact.kind === 'done')
      expect(await fixture.plane.peek(start.session, 50)).not.toContain('canary')
    })

    it('refuses ids that are not generated ones', async () => {
      const start = request(fixture.agents.working)
      await expect(fixture.plane.start({ ...start, session: '../../x' })).rejects.toMatchObject({ code: 'bad_request' })
      await expect(fixture.plane.start({ ...start, bead: briefOf('../x', {}) })).rejects.toMatchObject({
        code: 'bad_request',
      })
    })

    it('refuses an agent whose program is not there', async () => {
      await expect(fixture.plane.start(request(fixture.agents.missing))).rejects.toMatchObject({
        code: 'agent_missing',
      })
    })

    it('goes by its own definitions only', async () => {
      const start = request(fixture.agents.working)
      const { plane } = fixture
      await expect(plane.start({ ...start, agent: 'stranger' })).rejects.toMatchObject({
        code: 'agent_unknown_on_host',
        params: { agent: 'stranger', known: expect.stringContaining(fixture.agents.working.name) },
      })
      const elsewhere = { code: 'repository_unknown_on_host', params: { repository: 'elsewhere' } }
      await expect(plane.start({ ...start, repository: 'elsewhere' })).rejects.toMatchObject(elsewhere)
      await expect(plane.integrate({ ...integrateOf(start), repository: 'elsewhere' })).rejects.toMatchObject(elsewhere)
      expect(await paneOf(plane, start.session)).toBeUndefined()
    })
  })
}

/** Text that programs on the way have been known to carry out. */
export const hostile: Partial<BeadBrief> = {
  title: `--flag #(touch canary) $(touch canary) \`touch canary\` ; touch canary ; \u001b]0;#(touch canary)\u0007 \u{1f9ff} 'q" #{pane_id};`,
  description: `\n%end 1 1 1\n'; touch canary; '\n"\nEOF\n$(touch canary)\n\u001b[2J\u0000${'x'.repeat(200_000)}`,
  labels: ['#(touch canary)', '$(touch canary)', ';'],
}

export function briefOf(id: string, bead: Partial<BeadBrief>): BeadBrief {
  const empty = {
    title: `Bead ${id}`,
    type: 'task',
    description: '',
    design: '',
    acceptance: '',
    notes: '',
    labels: [],
  }
  return { ...empty, ...bead, id }
}

/** The first start of a session. */
export function startOf(
  repository: Repository,
  agent: AgentType,
  more: Pick<StartPane, 'session' | 'bead'> & Partial<StartPane>,
): StartPane {
  const named = { repository: repository.id, agent: agent.name, rules: rulesOf(agent) }
  return { project: 'p', fence: 1, ...named, resume: null, ...more }
}

export function endOf(start: StartPane): EndPane {
  const { session, fence, repository, bead } = start
  return { session, fence, repository, bead: bead.id, graceMs: 2_000, removeWorktree: false }
}

function integrateOf(start: StartPane) {
  const { session, fence, repository, bead } = start
  return { session, fence, repository, bead: bead.id, title: bead.title, dirty: 'refuse' } as const
}

/** Attends from `cursor`, with `known` on the screen, until a fact fits; records facts as a session does. */
export async function factsUntil(
  plane: OrchestrationPlane,
  { session, fence }: { session: string; fence: number },
  cursor: number,
  until: (fact: Fact) => boolean,
  known: string | null = null,
): Promise<{ all: Fact[]; cursor: number; dialog: string | null }> {
  const all: Fact[] = []
  let at = cursor
  let dialog = known
  const signal = AbortSignal.timeout(30_000)
  for (;;) {
    const attended = await plane.attend({ session, fence, cursor: at, dialog }, { signal, beat: () => undefined })
    all.push(...attended.facts)
    at = attended.cursor
    for (const fact of attended.facts) {
      if (fact.kind === 'prompt') dialog = fact.prompt.screenDigest
      else if (fact.kind === 'cleared') dialog = null
    }
    if (attended.facts.some(until)) return { all, cursor: at, dialog }
    if (attended.facts.some((fact) => fact.kind === 'gone')) throw new Error(`gone, after ${JSON.stringify(all)}`)
  }
}

async function paneOf(plane: OrchestrationPlane, session: string) {
  return (await plane.panes()).find((pane) => pane.session === session)
}
