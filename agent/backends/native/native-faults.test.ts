import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { hostile, briefOf, endOf, factsUntil, startOf } from '../../../test/conformance/orchestration-plane.ts'
import type { AgentType, InteractionMode } from '../../../model/agent.ts'
import { paneSize } from '../../../model/pane-size.ts'
import type { StartPane } from '../../../model/orchestration-plane.ts'
import { start as startProcess } from '../../../runtime/exec.ts'
import { identify, isAlive } from '../../../runtime/process-identity.ts'
import { oldGit } from '../../repository/test-repository.ts'
import { untilTrue } from '../../until-true.ts'
import { openNativeFixture, type NativeFixture } from './testing/native-fixture.ts'

let fixture: NativeFixture
let count = 0
afterEach(async () => {
  vi.unstubAllEnvs()
  await fixture.close()
})

const waiting = 'while :; do sleep 1000; done'

function request(agent: AgentType, more: Partial<StartPane> = {}): StartPane {
  count += 1
  const bead = briefOf(`ex-${count}`, {})
  return startOf(fixture.repository, agent, { session: `s${count}`, bead, ...more })
}

describe('the native plane', { timeout: 60_000 }, () => {
  it('kills what an earlier attempt left, also what does not hear SIGHUP and what left its session', async () => {
    fixture = await openNativeFixture()
    const stubborn = fixture.agent(
      'stubborn',
      `trap '' HUP TERM INT\nsetsid sleep 1000 &\necho $! > "$HOME/pids"\n${waiting}`,
    )
    const start = request(stubborn)
    const first = await fixture.plane.start(start)
    const pids = join(fixture.folder, 'home', 'pids')
    expect(await untilTrue(() => existsSync(pids) && readFileSync(pids, 'utf8').endsWith('\n'), 30_000)).toBe(true)
    const agent = await identify(first.pid)
    const stray = await identify(Number(readFileSync(pids, 'utf8')))
    expect([isAlive(agent), isAlive(stray)]).toEqual([true, true])
    await fixture.plane.start({ ...start, fence: 2 })
    expect([isAlive(agent), isAlive(stray)]).toEqual([false, false])
    const windows = await fixture.tmux('list-windows', '-a', '-F', '#{window_name}')
    expect(windows.match(/gmb-/g)).toHaveLength(1)
  })

  it('refuses a bead before anything is started when git is too old to integrate it later', async () => {
    fixture = await openNativeFixture()
    vi.stubEnv('GEMBA_GIT', await oldGit(fixture.folder))
    const start = request(fixture.agent('waits', waiting))
    await expect(fixture.plane.start(start)).rejects.toMatchObject({ code: 'tool_too_old' })
    expect(await fixture.plane.panes()).toEqual([])
    expect(existsSync(join(fixture.repository.path, '.gemba', 'worktrees'))).toBe(false)
    vi.unstubAllEnvs()
    await fixture.plane.start(start)
    expect(await fixture.plane.panes()).toMatchObject([{ session: start.session, alive: true }])
  })

  it('ends a session whose worktree has to stay, and says why it stays', async () => {
    fixture = await openNativeFixture()
    const agent = fixture.agent('plain', waiting)
    const [dirty, broken] = [request(agent), request(agent)]
    const { worktree } = await fixture.plane.start(dirty)
    await fixture.plane.start(broken)
    writeFileSync(join(worktree, 'left.txt'), 'left')
    const end = (start: StartPane) => fixture.plane.end({ ...endOf(start), graceMs: 50, removeWorktree: true })
    expect(await end(dirty)).toMatchObject({
      worktree: 'kept',
      note: 'The worktree was kept: it has 1 uncommitted file (left.txt).',
    })
    renameSync(join(fixture.repository.path, '.git'), join(fixture.repository.path, 'elsewhere'))
    const ended = await end(broken)
    expect(ended).toMatchObject({
      how: 'killed',
      worktree: 'kept',
      note: expect.stringMatching(/^The worktree was kept: /),
    })
    expect(ended.note).toContain('not a git repository')
  })

  it('takes tmux along when nothing lives in it, and leaves it when an agent does', async () => {
    fixture = await openNativeFixture()
    const start = request(fixture.agent('waits', waiting))
    await fixture.plane.start(start)
    const server = await identify(Number(await fixture.tmux('display-message', '-p', '#{pid}')))
    await fixture.plane.close()
    expect(isAlive(server)).toBe(true)

    const again = await fixture.reopen()
    expect(await again.panes()).toMatchObject([{ session: start.session, alive: true }])
    await again.end(endOf(start))
    const died = request(fixture.agent('dies', 'exit 3'))
    const agent = await identify((await again.start(died)).pid)
    expect(await untilTrue(() => !isAlive(agent), 10_000)).toBe(true)
    await again.close()
    expect(await untilTrue(() => !isAlive(server), 10_000)).toBe(true)
  })

  it('gives the agent an allow-list of the environment and nothing of tmux', async () => {
    fixture = await openNativeFixture({ SECRET_TOKEN: 'hidden', DATABASE_URL: 'hidden', ANTHROPIC_API_KEY: 'sk-1' })
    const agent = fixture.agent('show-env', `env > "$HOME/env.part"\nmv "$HOME/env.part" "$HOME/env"\n${waiting}`, {
      env: { EXTRA: "it's $(touch canary)", GEMBA_FENCE: '99', GEMBA_MODEL: 'x', GEMBA_SCRIPTED_PACE: '0' },
    })
    await fixture.plane.start(request(agent, { fence: 7 }))
    const file = join(fixture.folder, 'home', 'env')
    expect(await untilTrue(() => existsSync(file), 30_000)).toBe(true)
    const text = readFileSync(file, 'utf8')
    expect(text).not.toContain('hidden')
    expect(text).not.toMatch(/^TMUX/m)
    expect(text).toMatch(/^ANTHROPIC_API_KEY=sk-1$/m)
    expect(text).toMatch(/^GEMBA_FENCE=7$/m)
    expect(text).not.toMatch(/^GEMBA_MODEL/m)
    expect(text).toMatch(/^GEMBA_SCRIPTED_PACE=0$/m)
    expect(text).toMatch(/^EXTRA=it's \$\(touch canary\)$/m)
    const names = [...text.matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1] ?? '')
    const allowed = /^(PATH|HOME|USER|LANG|TERM|TZ|SHELL|EXTRA|PWD|OLDPWD|SHLVL|_|ANTHROPIC_API_KEY|GEMBA_[A-Z_]+)$/
    expect(names.filter((name) => !allowed.test(name))).toEqual([])
    expect(readdirSync(join(fixture.host, 'sessions'), { recursive: true }).join()).not.toContain('launch.sh')
  })

  it('never carries out text of a bead', async () => {
    fixture = await openNativeFixture()
    const agent = fixture.agent('reader', `gemba-state working --note "$1"\n${waiting}`, { preamble: 'argument' })
    const start = request(agent, { bead: briefOf('ex-900', hostile) })
    const started = await fixture.plane.start(start)
    const { cursor } = await factsUntil(fixture.plane, start, started.cursor, (fact) => fact.kind === 'state')
    await fixture.plane.say({ session: start.session, fence: 1, key: 'k', text: `${hostile.title}\n${hostile.title}` })
    await fixture.plane.terminal(start.session)
    await fixture.plane.end(endOf(start))
    expect(cursor).toBeGreaterThan(0)
    const files = readdirSync(fixture.folder, { recursive: true }).map((each) => each.toString().split('/').pop())
    expect(files.filter((name) => name === 'canary')).toEqual([])
    expect(existsSync('canary')).toBe(false)
    const preamble = readFileSync(join(fixture.host, 'sessions', start.session, 'preamble.md'), 'utf8')
    expect(preamble).not.toContain('\u001b')
    expect(preamble.length).toBeLessThan(60_000)
  })

  it('goes on after the tmux server was killed', async () => {
    fixture = await openNativeFixture()
    const agent = fixture.agent('deaf', `trap '' HUP\ngemba-state working\n${waiting}`)
    const start = request(agent)
    const started = await fixture.plane.start(start)
    const { cursor } = await factsUntil(fixture.plane, start, started.cursor, (fact) => fact.kind === 'state')
    const attended = factsUntil(fixture.plane, start, cursor, (fact) => fact.kind === 'gone')
    process.kill(Number(await fixture.tmux('display-message', '-p', '#{pid}')), 'SIGKILL')
    expect((await attended).all).toMatchObject([{ kind: 'gone', exitStatus: null, offset: cursor }])
    const agentBefore = await identify(started.pid)
    const again = await fixture.plane.start({ ...start, fence: 2 })
    expect(isAlive(agentBefore)).toBe(false)
    await factsUntil(fixture.plane, { ...start, fence: 2 }, again.cursor, (fact) => fact.kind === 'state')
    await expect(fixture.plane.peek(start.session, 3)).resolves.toBeTypeOf('string')
  })

  it('sees a killed pane as gone, after the frames that came before', async () => {
    fixture = await openNativeFixture()
    const agent = fixture.agent('plain', `gemba-state working\n${waiting}`)
    const start = request(agent)
    const started = await fixture.plane.start(start)
    await factsUntil(fixture.plane, start, started.cursor, (fact) => fact.kind === 'state')
    await fixture.tmux('kill-pane', '-t', started.pane)
    const { all } = await factsUntil(fixture.plane, start, started.cursor, (fact) => fact.kind === 'gone')
    expect(all.map((fact) => fact.kind)).toEqual(['state', 'gone'])
  })

  it('starts its control client again when it dies', async () => {
    fixture = await openNativeFixture()
    const start = request(fixture.agent('hello', `echo hello from the pane\n${waiting}`))
    await fixture.plane.start(start)
    const seen = collect(start.session)
    const client = Number((await fixture.tmux('list-clients', '-F', '#{client_pid}')).trim())
    const identity = await identify(client)
    process.kill(client, 'SIGKILL')
    expect(await untilTrue(() => !isAlive(identity), 30_000)).toBe(true)
    expect(await fixture.plane.peek(start.session, 5)).toContain('hello from the pane')
    expect(await untilTrue(() => seen.text().includes('hello from the pane'), 30_000)).toBe(true)
    seen.release()
  })

  it('leaves panes running and attends them again from the cursor', async () => {
    fixture = await openNativeFixture()
    const agent = fixture.agent(
      'line',
      `gemba-state working\nwhile read -r line; do gemba-state ready --note "$line"; done`,
    )
    const start = request(agent)
    const started = await fixture.plane.start(start)
    const { cursor } = await factsUntil(fixture.plane, start, started.cursor, (fact) => fact.kind === 'state')
    await fixture.plane.close()
    await fixture.tmux('send-keys', '-t', started.pane, 'meanwhile', 'Enter')
    const next = await fixture.reopen()
    const { all } = await factsUntil(next, start, cursor, (fact) => fact.kind === 'state')
    expect(all).toMatchObject([{ kind: 'state', note: 'meanwhile' }])
    expect(await next.start(start)).toEqual(started)
  })

  it('leaves panes running when its process is killed, and belongs to nobody', async () => {
    fixture = await openNativeFixture()
    const agent = fixture.agent('plain', `gemba-state working\n${waiting}`)
    const start = request(agent)
    await fixture.plane.close()
    await fixture.tmux('kill-server').catch(() => undefined)
    const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)
    const { host, socket, folder, repository } = fixture
    const { PATH = '', TMUX_TMPDIR } = process.env
    const env = { PATH: `${join(folder, 'programs')}:${PATH}`, TMUX_TMPDIR, HOME: join(folder, 'home') }
    const program = `
      const { openNativePlane } = await import(${url('./native-plane.ts')})
      const { hostDefinitions } = await import(${url('../../host-definitions.ts')})
      const { openRepositories } = await import(${url('../../repository/repositories.ts')})
      const definitions = hostDefinitions('local', ${JSON.stringify([agent])}, ${JSON.stringify([repository])})
      const plane = await openNativePlane({ host: 'local', folder: ${JSON.stringify(host)}, socket: '${socket}', definitions, repositories: openRepositories(), env: ${JSON.stringify(env)} })
      console.log(JSON.stringify(await plane.start(${JSON.stringify(start)})))`
    const cwd = dirname(fileURLToPath(import.meta.url))
    const child = startProcess(process.execPath, ['--input-type=module', '-e', program], {
      cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const line = await new Promise<string>((resolve) => child.stdout?.once('data', (data) => resolve(String(data))))
    const started = JSON.parse(line)
    const ended = new Promise((resolve) => child.once('exit', resolve))
    process.kill(-(child.pid ?? 0), 'SIGINT')
    process.kill(-(child.pid ?? 0), 'SIGKILL')
    await ended
    const next = await fixture.reopen()
    expect(await next.start(start)).toEqual(started)
    expect(await next.panes()).toMatchObject([{ session: start.session, alive: true }])
    const server = Number(await fixture.tmux('display-message', '-p', '#{pid}'))
    const stat = readFileSync(`/proc/${server}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    expect(stat[3]).toBe(String(server))
    expect(stat[1]).not.toBe(String(process.pid))
  })

  it('finds a launch whose end it did not see', async () => {
    fixture = await openNativeFixture()
    const start = request(fixture.agent('plain', waiting))
    const started = await fixture.plane.start(start)
    await fixture.plane.close()
    const file = join(fixture.host, 'sessions', start.session, 'session.json')
    const record = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify({ ...record, state: 'starting', pane: null }))
    const next = await fixture.reopen()
    expect(await next.start(start)).toEqual(started)
    const windows = await fixture.tmux('list-windows', '-a', '-F', '#{window_name}')
    expect(windows.match(/gmb-/g)).toHaveLength(1)
  })

  it('bears an agent that floods its terminal', async () => {
    fixture = await openNativeFixture()
    const bomb = fixture.agent(
      'bomb',
      `gemba-state working\nyes "$(printf '\\033[31mbomb\\033]0;#(touch canary)\\007')"`,
    )
    const start = request(bomb)
    const started = await fixture.plane.start(start)
    await factsUntil(fixture.plane, start, started.cursor, (fact) => fact.kind === 'state')
    let bytes = 0
    const release = fixture.plane.watch((_, chunk) => (bytes += chunk.length), start.session)
    const server = Number(await fixture.tmux('display-message', '-p', '#{pid}'))
    const before = process.memoryUsage.rss()
    const begin = performance.now()
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    const seconds = (performance.now() - begin) / 1000
    const screens = (seconds * 1000) / 150 + 1
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThan(screens * 512 * 1024)
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 1024 * 1024)
    expect(residentKilobytes(server)).toBeLessThan(200 * 1024)
    expect(await fixture.plane.peek(start.session, 3)).toContain('bomb')
    release()
    await fixture.plane.keys(start.session, Buffer.from([3]))
    const { all } = await factsUntil(fixture.plane, start, started.cursor, (fact) => fact.kind === 'gone')
    expect(all.at(-1)?.kind).toBe('gone')
  })

  it('shows, types and resizes', async () => {
    fixture = await openNativeFixture()
    const start = request(fixture.agent('echo', `stty size\nwhile read -r line; do echo "got $line"; stty size; done`))
    await fixture.plane.start(start)
    while (!(await fixture.plane.peek(start.session, 5)).includes(`${paneSize.rows} ${paneSize.columns}`));
    const seen = collect(start.session)
    await fixture.plane.resize(start.session, 100, 30)
    await fixture.plane.keys(start.session, Buffer.from('héllo 🧿 %end 1 1 1\r'))
    expect(await untilTrue(() => seen.text().includes('30 100'), 30_000)).toBe(true)
    expect(seen.text()).toContain('got héllo 🧿 %end 1 1 1')
    const snapshot = await fixture.plane.terminal(start.session)
    expect(snapshot).toMatchObject({ columns: 100, rows: 30 })
    expect(snapshot.screen).toContain(`${paneSize.rows} ${paneSize.columns}`)
    expect(snapshot.screen).toContain('got héllo 🧿 %end 1 1 1')
    expect(seen.marks()).toBe(1)
    seen.release()
    const length = seen.text().length
    await fixture.plane.keys(start.session, Buffer.from('again\r'))
    const shown = async () => (await fixture.plane.peek(start.session, 5)).includes('got again')
    while (!(await shown()));
    expect(seen.text()).toHaveLength(length)
  })

  it('launches by the definition of today, ends by that of the launch, and keeps the rules of the session', async () => {
    fixture = await openNativeFixture()
    const define = (mark: string, interactionMode: InteractionMode) =>
      fixture.agent(
        'changing',
        `gemba-state ready --note "$MARK $GEMBA_INTERACTION_MODE"
while read -r line; do [ "$line" = "$MARK" ] && exit 0; done`,
        { env: { MARK: mark }, quit: mark, interactionMode },
      )
    const agent = define('old', 'cautious')
    const [kept, lost] = [request(agent), request(agent)]
    const noted = async (start: StartPane) => {
      const { cursor } = await fixture.plane.start(start)
      return (await factsUntil(fixture.plane, start, cursor, (fact) => fact.kind === 'state')).all
    }
    for (const start of [kept, lost]) expect(await noted(start)).toMatchObject([{ note: 'old cautious' }])
    define('new', 'dangerous')
    expect(await fixture.plane.end({ ...endOf(kept), graceMs: 20_000 })).toMatchObject({ how: 'quit' })
    const again = { ...lost, fence: 2 }
    expect(await noted(again)).toMatchObject([{ note: 'new cautious' }])
    expect(await fixture.plane.end({ ...endOf(again), graceMs: 20_000 })).toMatchObject({ how: 'quit' })
  })

  it('reads around torn, forged and stale lines', async () => {
    fixture = await openNativeFixture()
    const start = request(fixture.agent('plain', waiting), { fence: 3 })
    const started = await fixture.plane.start(start)
    const file = join(fixture.host, 'sessions', start.session, 'frames.jsonl')
    const frame = (fence: number, note: string) =>
      `${JSON.stringify({ ts: 'never', fence, hook: 'GembaState', payload: { state: 'ready', note } })}\n`
    appendFileSync(file, `not json\n\n[]\n${frame(2, 'stale')}${'x'.repeat(3_000_000)}\n${frame(3, 'good')}{"torn`)
    const first = await factsUntil(fixture.plane, start, started.cursor, (fact) => fact.kind === 'state')
    expect(first.all).toMatchObject([{ kind: 'state', note: 'good' }])
    expect(first.cursor).toBe(readFileSync(file).length - '{"torn'.length)
    const again = await fixture.plane.start({ ...start, fence: 4 })
    appendFileSync(file, frame(4, 'after'))
    const second = await factsUntil(
      fixture.plane,
      { ...start, fence: 4 },
      again.cursor,
      (fact) => fact.kind === 'state',
    )
    expect(second.all).toMatchObject([{ kind: 'state', note: 'after' }])
  })

  it('removes a worktree that loses nothing and keeps one that would', async () => {
    fixture = await openNativeFixture()
    const agent = fixture.agent('plain', `${waiting}`)
    const clean = request(agent)
    const { worktree } = await fixture.plane.start(clean)
    expect(await fixture.plane.end({ ...endOf(clean), graceMs: 50, removeWorktree: true })).toMatchObject({
      how: 'killed',
      worktree: 'removed',
    })
    expect(existsSync(worktree)).toBe(false)
    const dirty = request(agent)
    const kept = await fixture.plane.start(dirty)
    writeFileSync(join(kept.worktree, 'new.txt'), 'work')
    expect(await fixture.plane.end({ ...endOf(dirty), graceMs: 50, removeWorktree: true })).toMatchObject({
      worktree: 'kept',
    })
    expect(existsSync(join(kept.worktree, 'new.txt'))).toBe(true)
  })
})

function collect(session: string) {
  const chunks: Uint8Array[] = []
  let marks = 0
  const release = fixture.plane.watch((_, bytes) => {
    if (bytes.length === 0) marks += 1
    chunks.push(bytes)
  }, session)
  return { text: () => Buffer.concat(chunks).toString('utf8'), marks: () => marks, release }
}

function residentKilobytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
