import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { briefOf, endOf, startOf } from '../../../test/conformance/orchestration-plane.ts'
import type { StartPane } from '../../../model/orchestration-plane.ts'
import { run } from '../../../runtime/exec.ts'
import { locateTool } from '../../../runtime/tools/locate.ts'
import { identify, isAlive } from '../../../runtime/process-identity.ts'
import { openNativeFixture, type NativeFixture } from './testing/native-fixture.ts'

let fixture: NativeFixture
afterEach(() => fixture.close())

async function begin(): Promise<StartPane> {
  fixture = await openNativeFixture()
  const agent = fixture.agent('plain', 'while :; do sleep 1000; done')
  return startOf(fixture.repository, agent, { session: 's1', bead: briefOf('ex-1', {}) })
}

const paneOf = async (session: string) => (await fixture.plane.panes()).find((pane) => pane.session === session)
const git = (folder: string, ...args: string[]) =>
  run(locateTool('git'), ['-C', folder, '-c', 'user.name=T', '-c', 'user.email=t@t', ...args])

describe('a pane that no session owns', { timeout: 60_000 }, () => {
  it('is ended unasked only when its work is integrated at that very moment', async () => {
    const start = await begin()
    const { worktree, pid } = await fixture.plane.start(start)
    const agent = await identify(pid)
    const end = { ...endOf(start), fence: 9, graceMs: 50, removeWorktree: true, onlyIntegrated: true }
    const refused = async () => {
      expect(await fixture.plane.end(end)).toMatchObject({ how: 'refused', worktree: 'kept' })
      expect(isAlive(agent)).toBe(true)
    }
    await refused()
    writeFileSync(join(worktree, 'a.txt'), 'a')
    await refused()
    await git(worktree, 'add', '.')
    await git(worktree, 'commit', '-q', '-m', 'work')
    await refused()
    const { session, fence, repository, bead } = start
    await fixture.plane.integrate({ session, fence, repository, bead: bead.id, title: bead.title, dirty: 'refuse' })
    await expect.poll(() => paneOf('s1'), { timeout: 30_000 }).toMatchObject({ integrated: true })
    writeFileSync(join(worktree, 'late.txt'), 'late')
    expect(await paneOf('s1'), 'what it last saw').toMatchObject({ integrated: true })
    await refused()
    rmSync(join(worktree, 'late.txt'))
    expect(await fixture.plane.end(end)).toEqual({ how: 'killed', worktree: 'removed', note: '' })
    expect(await fixture.plane.end(end), 'again').toMatchObject({ how: 'absent' })
  })

  it('is announced while git is slow, as not integrated until somebody has looked', async () => {
    const start = await begin()
    const { worktree } = await fixture.plane.start(start)
    writeFileSync(join(worktree, 'a.txt'), 'a')
    await git(worktree, 'add', '.')
    await git(worktree, 'commit', '-q', '-m', 'work')
    const { session, fence, repository, bead } = start
    await fixture.plane.integrate({ session, fence, repository, bead: bead.id, title: bead.title, dirty: 'refuse' })
    const [slow, go] = [join(fixture.folder, 'git'), join(fixture.folder, 'go')]
    const program = `#!/bin/sh
case " $* " in *" status "*) while [ ! -e '${go}' ]; do sleep 0.05; done;; esac
exec '${locateTool('git')}' "$@"`
    writeFileSync(slow, program, { mode: 0o755 })
    vi.stubEnv('GEMBA_GIT', slow)
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(await paneOf('s1')).toMatchObject({ alive: true, integrated: false })
    expect(await paneOf('s1'), 'git is still at it').toMatchObject({ alive: true, integrated: false })
    writeFileSync(go, '')
    await expect.poll(() => paneOf('s1'), { timeout: 30_000 }).toMatchObject({ integrated: true })
  })

  it('keeps another session out of its worktree until it is ended', async () => {
    const start = await begin()
    await fixture.plane.start(start)
    const other = { ...start, session: 's2' }
    await expect(fixture.plane.start(other)).rejects.toMatchObject({
      code: 'bead_in_session',
      params: { bead: 'ex-1', session: 's1' },
    })
    expect(await paneOf('s2'), 'nothing was begun').toBeUndefined()
    await fixture.plane.start({ ...start, session: 's3', bead: briefOf('ex-2', {}) })
    await fixture.plane.end({ ...endOf(start), graceMs: 50 })
    expect(await fixture.plane.start(other)).toMatchObject({ branch: 'bead/ex-1' })
  })

  it('is announced also when nobody saw the end of its start', async () => {
    const start = await begin()
    await fixture.plane.start(start)
    await fixture.plane.close()
    const file = join(fixture.host, 'sessions', 's1', 'session.json')
    const record = JSON.parse(readFileSync(file, 'utf8')) as object
    writeFileSync(file, JSON.stringify({ ...record, state: 'starting', pane: null }))
    const next = await fixture.reopen()
    expect(await next.panes()).toMatchObject([{ session: 's1', alive: true }])
    await expect(next.start({ ...start, session: 's2' })).rejects.toMatchObject({ code: 'bead_in_session' })
    expect(await next.end({ ...endOf(start), graceMs: 50 })).toMatchObject({ how: 'killed' })
    expect(await next.panes()).toEqual([])
  })
})
