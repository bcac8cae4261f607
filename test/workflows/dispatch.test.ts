import { describe, expect, it } from 'vitest'
import { order, person, testConfig, until } from './bench-of-doubles.ts'
import { workflowBenches } from './workflow-benches.ts'

const { bench } = workflowBenches()

describe('dispatch', () => {
  it('starts a bead once, however often the same command comes', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const answers = await Promise.all([1, 2, 3].map(() => b.commands.dispatch(order('gm-1', 'same'))))
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    await until(() => b.host.count('startPane') > 0)
    expect(b.host.count('startPane')).toBe(1)
  })

  it('admits one of two commands for the same bead', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const [one, two] = await Promise.all([
      b.commands.dispatch(order('gm-1', 'a')),
      b.commands.dispatch(order('gm-1', 'b')),
    ])
    const admitted = [one?.[0], two?.[0]].filter((result) => result?.admitted === true)
    expect(admitted).toHaveLength(1)
    const refused = [one?.[0], two?.[0]].find((result) => result?.admitted === false)
    expect(refused).toMatchObject({ code: 'bead_already_claimed' })
  })

  it('refuses what can not start, with the reason', async () => {
    await using b = await bench({ ...testConfig, maxSessions: 1 })
    b.server.add('gm-blocked', { blockedBy: ['gm-9'] })
    b.server.add('gm-epic', { type: 'epic' })
    b.server.add('gm-held', { status: 'in_progress', assignee: 'mike' })
    b.server.add('gm-closed', { status: 'closed' })
    b.server.add('gm-1')
    b.server.add('gm-2')
    const items = ['gm-blocked', 'gm-epic', 'gm-held', 'gm-closed', 'gm-none', 'gm-1', 'gm-2'].map((bead) => ({ bead }))
    const results = await b.commands.dispatch({ items, key: 'k', actor: person })
    expect(results.map((result) => (result.admitted ? 'admitted' : result.code))).toEqual([
      'bead_blocked',
      'bead_not_startable',
      'bead_already_claimed',
      'bead_not_startable',
      'bead_not_found',
      'admitted',
      'dispatch_full',
    ])
  })

  it('starts a blocked bead when a person insists', async () => {
    await using b = await bench()
    b.server.add('gm-1', { blockedBy: ['gm-9'] })
    const [result] = await b.commands.dispatch({ items: [{ bead: 'gm-1', force: true }], key: 'k', actor: person })
    expect(result?.admitted).toBe(true)
  })

  it('tries a failed start again, then parks the bead and says so once', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    b.host.failures.set(
      'startPane',
      Array.from({ length: 9 }, () => ({
        code: 'repository_unusable',
        params: { repository: 'main', why: 'it has no commits' },
      })),
    )
    await b.start('gm-1')
    await until(() => b.server.kinds().includes('bead.parked'))
    expect(b.host.count('startPane')).toBe(3)
    expect(b.server.beads.get('gm-1')).toMatchObject({ status: 'open', assignee: null })
    expect(b.server.kinds().filter((kind) => kind === 'bead.parked')).toHaveLength(1)
    b.host.failures.clear()
    const session = await b.start('gm-1', 'again')
    await until(() => b.server.kinds().includes('bead.unparked'))
    await until(() => b.server.session(session)?.worktree)
  })
})
