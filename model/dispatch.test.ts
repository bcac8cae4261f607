import { describe, expect, it } from 'vitest'
import type { KnownAgent, KnownRepository } from './agent.ts'
import { admit, type Candidate, type DispatchConfig, type KnownHost, type Seat } from './dispatch.ts'

const agent: KnownAgent = { name: 'claude', interactionMode: 'balanced', maxParallel: 2, agentCloses: false }
const repository = (id: string, prefixes: string[]): KnownRepository => ({
  id,
  base: 'main',
  integration: 'merge',
  prefixes,
})
const config: DispatchConfig = {
  repositories: [repository('main', ['gm'])],
  agents: [agent],
  defaultAgent: 'claude',
  maxSessions: 3,
}
const bead = (id: string, more: Partial<Candidate> = {}): Candidate => ({
  id,
  type: 'task',
  status: 'open',
  assignee: null,
  labels: [],
  blockedBy: [],
  ...more,
})
const online: KnownHost[] = [{ id: 'local', status: 'online', slots: 8 }]
const seat = (n: number, host = 'local'): Seat => ({ session: `s${n}`, bead: `gm-${n}`, host, agent: 'claude' })
const code = (result: ReturnType<typeof admit>): string => (result.admitted ? result.host : result.code)

describe('admit', () => {
  it('admits an open bead on the host with most room', () => {
    const hosts: KnownHost[] = [...online, { id: 'big', status: 'online', slots: 20 }]
    expect(code(admit({ bead: 'gm-1' }, bead('gm-1'), config, [], hosts))).toBe('big')
  })
  it.each([
    ['an unknown bead', undefined, 'bead_not_found'],
    ['an epic', bead('gm-1', { type: 'epic' }), 'bead_not_startable'],
    ['a decision', bead('gm-1', { type: 'decision' }), 'bead_not_startable'],
    ['a deferred bead', bead('gm-1', { status: 'deferred' }), 'bead_not_startable'],
    ['a bead that a person holds', bead('gm-1', { assignee: 'mike' }), 'bead_already_claimed'],
    ['a blocked bead', bead('gm-1', { blockedBy: ['gm-2'] }), 'bead_blocked'],
    ['a bead of no known repository', bead('zz-1', { labels: ['repo:other'] }), 'repository_unspecified'],
  ])('refuses %s', (_, candidate, expected) => {
    expect(code(admit({ bead: 'gm-1' }, candidate, config, [], online))).toBe(expected)
  })
  it('keeps the limits over all seats, of an agent type on a host, and of a host', () => {
    expect(code(admit({ bead: 'gm-9' }, bead('gm-9'), config, [seat(1), seat(2), seat(3)], online))).toBe(
      'dispatch_full',
    )
    expect(code(admit({ bead: 'gm-9' }, bead('gm-9'), config, [seat(1), seat(2)], online))).toBe('dispatch_full')
    expect(
      code(admit({ bead: 'gm-9' }, bead('gm-9'), config, [seat(1)], [{ id: 'local', status: 'online', slots: 1 }])),
    ).toBe('dispatch_full')
  })
  it('says when no host can be reached, and when the named one is unknown', () => {
    expect(
      code(admit({ bead: 'gm-9' }, bead('gm-9'), config, [], [{ id: 'local', status: 'offline', slots: 8 }])),
    ).toBe('host_offline')
    expect(code(admit({ bead: 'gm-9' }, bead('gm-9'), config, [], []))).toBe('host_offline')
    expect(code(admit({ bead: 'gm-9', host: 'x' }, bead('gm-9'), config, [], online))).toBe('host_unknown')
  })
  it('chooses the repository by label, then by prefix', () => {
    const two = { ...config, repositories: [repository('main', ['gm']), repository('web', ['wb'])] }
    const chosen = (candidate: Candidate): string => {
      const result = admit({ bead: candidate.id }, candidate, two, [], online)
      return result.admitted ? result.repository.id : result.code
    }
    expect(chosen(bead('wb-1'))).toBe('web')
    expect(chosen(bead('wb-1', { labels: ['repo:main'] }))).toBe('main')
    expect(chosen(bead('zz-1'))).toBe('repository_unspecified')
  })
})
