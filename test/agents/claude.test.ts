import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { EscalationView } from '../../model/escalation.ts'
import type { SessionView } from '../../model/session.ts'
import { run } from '../../runtime/exec.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { eventually } from '../system/api-client.ts'
import { createProject, gitIn, RunningGemba, type TestProject } from '../system/running-gemba.ts'
import { claudeCode, claudeEnvironment, forgetOwnClaude, prepareHome } from './claude-code.ts'
import { ModelServer, textsOf, turnUsage, type ModelRequest } from './model-server.ts'

/** What the repository itself says to Claude Code; tracked by git, and none of Gemba's business. */
const tracked = {
  'CLAUDE.md': '# Rules\n\nBe kind.\n',
  '.claude/settings.json': '{"permissions":{"deny":["WebFetch"]}}\n',
}
const ownFiles = [':!.gemba/gemba.toml', ':!.gemba/agents.toml']

let model: ModelServer
let home: string
let project: TestProject
let gemba: RunningGemba

beforeAll(async () => {
  forgetOwnClaude()
  const program = await claudeCode()
  model = await ModelServer.start()
  home = realpathSync(mkdtempSync(join(tmpdir(), 'gemba-claude-')))
  const trusting = join(home, 'trusting')
  const fresh = join(home, 'fresh')
  project = await createProject({
    files: tracked,
    timing: { relaunch: [200, 200] },
    defaultAgent: 'claude',
    agents: [agentBlock('claude', program, trusting), agentBlock('untrusting', program, fresh)].join('\n'),
  })
  prepareHome(trusting, [project.folder])
  prepareHome(fresh, [])
  gemba = await RunningGemba.start(project)
  await gemba.hostOnline()
}, 12 * 60_000)

afterAll(async () => {
  await gemba?.stop()
  await project?.release()
  await model?.stop()
  if (home !== undefined) rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
})

beforeEach(() => model.play())

describe('Claude Code', { timeout: 180_000 }, () => {
  it('works a bead, asks before each command, is integrated and leaves nothing of ours behind', async () => {
    const bead = await newBead('Write a greeting')
    const file = join(project.folder, '.gemba', 'worktrees', bead, 'greeting.txt')
    model.play(
      (request) => ({ tools: [{ name: 'Read', input: { file_path: preambleOf(request) } }] }),
      // Claude Code then opens a panel with the changed file beside the next dialog.
      { text: 'I write it.', tools: [{ name: 'Write', input: { file_path: file, content: 'hello\n' } }] },
      { bash: ['git add -A && git commit -q -m "Add a greeting"'] },
      { bash: ['gemba-state working --note "nearly there"'] },
      { bash: [`gemba-state bead-done --bead ${bead} --note "Wrote a greeting."`] },
      { text: 'Done.' },
    )
    const session = await gemba.api.start(bead)

    const write = await openPrompt(bead, 'greeting.txt')
    expect(write).toMatchObject({ source: 'permission_prompt', urgency: 'blocking', session })
    expect(write.title).toBe('Claude needs your permission to use Write')
    expect(write.text).toContain('Do you want to create greeting.txt?')
    expect(write.text).toContain('hello')
    expect(lastRequest().tools?.map((tool) => tool.name)).not.toContain('AskUserQuestion')
    expect(textsOf(lastRequest()).join('\n')).toContain('Title: Write a greeting')
    expect(write.options.map((option) => option.value)).toEqual(['approve', 'deny'])
    const prompting = await eventually('the session says so', async () => {
      const view = await sessionOf(session)
      return view.status === 'prompting' && view
    })
    expect(prompting).toMatchObject({ agent: 'claude', fence: 1, openEscalations: [write.id] })
    await gemba.api.answer(write.id, 'approve')
    await settled(write, 'delivered')

    const commit = await openPrompt(bead, 'git commit')
    expect(commit.text).toContain('git add -A && git commit -q -m "Add a greeting"')
    expect(commit.text).not.toContain('greeting.txt')
    const { worktree } = await sessionOf(session)
    expect(await gitIn(worktree ?? '', 'status', '--porcelain', '--untracked-files=all')).toBe('?? greeting.txt\n')
    await gemba.api.answer(commit.id, 'approve')
    const ended = await done(bead, session)

    expect(await promptsOf(bead)).toHaveLength(2)
    expect(ended).toMatchObject({ closeReason: 'bead_done', worktree: null })
    expect(ended.digest.commits).toBe(1)
    expect(ended.digest.tokensOut).toBeGreaterThanOrEqual(turnUsage.output_tokens * 3)
    expect(ended.digest.tokensIn).toBeGreaterThanOrEqual(turnUsage.input_tokens * 3)
    expect(await gitIn(project.folder, 'show', 'main:greeting.txt')).toBe('hello\n')
    expect(await changedIn('main')).toEqual(['greeting.txt'])
    await expectNothingOfOurs()
  })

  it('is kept off the secrets of Gemba, without a person being asked', async () => {
    const bead = await newBead('Look around')
    const token = join(project.data, 'token')
    model.play(
      { tools: [{ name: 'Read', input: { file_path: token } }] },
      { bash: [`cat ${token}`] },
      { tools: [{ name: 'Write', input: { file_path: token, content: 'mine' } }] },
      { bash: [`gemba-state bead-done --bead ${bead} --note "Saw nothing."`] },
      { text: 'Done.' },
    )
    const session = await gemba.api.start(bead)
    await done(bead, session)
    expect(await promptsOf(bead)).toEqual([])
    expect(textsOf(lastRequest()).join('\n')).not.toContain(gemba.api.token)
    expect(
      textsOf(lastRequest())
        .join('\n')
        .match(/denied by your permission settings|has been denied/g),
    ).toHaveLength(3)
    expect(readFileSync(token, 'utf8').trim()).toBe(gemba.api.token)
  })

  it('is told of a no, and goes on without', async () => {
    const bead = await newBead('Tidy up')
    model.play(
      { bash: ['rm README.md'] },
      { bash: [`gemba-state bead-done --bead ${bead} --note "Left it."`] },
      { text: 'Done.' },
    )
    const session = await gemba.api.start(bead)
    const asked = await openPrompt(bead, 'rm README.md')
    await gemba.api.answer(asked.id, 'deny')
    await settled(asked, 'delivered')
    await done(bead, session)
    expect(await gitIn(project.folder, 'show', 'main:README.md')).toBe('# Test project\n')
    expect(textsOf(lastRequest()).join('\n')).toContain('A person did not allow that.')
    await expectNothingOfOurs()
  })

  it('asks a question and hears the answer in its terminal', async () => {
    const bead = await newBead('Paint')
    model.play(
      { bash: ['gemba-ask --kind question --role manager --text "Which colour?" --option red --option blue'] },
      { text: 'I wait for the answer.' },
      { bash: [`gemba-state bead-done --bead ${bead}`] },
      { text: 'Done.' },
    )
    const session = await gemba.api.start(bead)
    const asked = await openPrompt(bead, 'Which colour?')
    expect(asked).toMatchObject({ source: 'question', urgency: 'advisory' })
    await gemba.api.answer(asked.id, 'blue')
    await settled(asked, 'delivered')
    await done(bead, session)
    expect(textsOf(lastRequest())).toContain('blue')
  })

  it('can be answered in its terminal; the question is then moot', async () => {
    const bead = await newBead('Touch')
    model.play(
      { bash: ['touch touched.txt && git add -A && git commit -q -m "Touch"'] },
      { bash: [`gemba-state bead-done --bead ${bead}`] },
      { text: 'Done.' },
    )
    const session = await gemba.api.start(bead)
    const asked = await openPrompt(bead, 'touched.txt')
    await typeInto(session, '1')
    expect((await settled(asked, 'moot')).note).toContain('terminal')
    await done(bead, session)
    expect(await gitIn(project.folder, 'show', 'main:touched.txt')).toBe('')
  })

  it('goes on in the same conversation and worktree when its program is killed', async () => {
    const bead = await newBead('Two steps')
    const commit = 'git add -A && git commit -q -m "Both steps"'
    model.play({ text: 'Step one of the plan.', bash: ['echo one > step.txt'] }, { bash: [commit] })
    const session = await gemba.api.start(bead)
    await gemba.api.answer((await openPrompt(bead, 'step.txt')).id, 'approve')
    await openPrompt(bead, 'git commit')
    const before = await sessionOf(session)
    model.play({ bash: [commit] }, { bash: [`gemba-state bead-done --bead ${bead}`] }, { text: 'Done.' })
    process.kill(await paneProcess(session), 'SIGKILL')

    const again = await eventually('it is launched again and asks again', async () => {
      const { fence, status, openEscalations } = await sessionOf(session)
      const asked = (await promptsOf(bead)).find((found) => found.id === openEscalations.at(-1))
      return fence === 2 && status === 'prompting' && asked?.state === 'open' && asked
    })
    const texts = textsOf(lastRequest())
    expect(texts.join('\n')).toContain('Step one of the plan.')
    expect(texts.join('\n')).toContain('You were interrupted.')
    expect(await sessionOf(session)).toMatchObject({ worktree: before.worktree, branch: before.branch })
    await gemba.api.answer(again.id, 'approve')
    await done(bead, session)
    expect(await gitIn(project.folder, 'show', 'main:step.txt')).toBe('one\n')
    expect(await changedIn('main')).toEqual(['step.txt'])
  })

  it('asks people whether a folder is trusted before it starts', async () => {
    const bead = await newBead('Trust')
    model.play({ bash: [`gemba-state bead-done --bead ${bead}`] }, { text: 'Done.' })
    const session = await gemba.api.start(bead, { agent: 'untrusting' })
    const asked = await openPrompt(bead, 'trust')
    expect(model.conversation).toEqual([])
    await gemba.api.answer(asked.id, 'approve')
    await settled(asked, 'delivered')
    await done(bead, session)
  })
})

function agentBlock(name: string, program: string, itsHome: string): string {
  const env = Object.entries(claudeEnvironment(itsHome, model.url)).map(([key, value]) => `${key} = "${value}"`)
  return [
    '[[agent]]',
    `name = "${name}"`,
    `command = ${JSON.stringify(program)}`,
    // Else it asks its own maker's server before each command, which this model does not play.
    'args = ["--permission-mode", "default"]',
    'hooks = "claude_code"',
    'preamble = "argument"',
    '[agent.env]',
    ...env,
  ].join('\n')
}

/** The file that a session's first prompt names. */
function preambleOf(request: ModelRequest): string {
  const path = /Read the file (\S+) first/.exec(textsOf(request).join('\n'))?.[1]
  if (path === undefined) throw new Error('the first prompt names no file')
  return path
}

async function newBead(title: string): Promise<string> {
  return (await gemba.api.create({ title, description: 'As it says.' })).id
}

async function promptsOf(bead: string): Promise<EscalationView[]> {
  return (await gemba.api.escalations()).filter((found) => found.bead === bead)
}

function openPrompt(bead: string, text: string): Promise<EscalationView> {
  return eventually(`a prompt about ${text} is open`, async () =>
    (await promptsOf(bead)).find((found) => found.state === 'open' && found.text.includes(text)),
  )
}

function settled(escalation: EscalationView, state: EscalationView['state']): Promise<EscalationView> {
  return eventually(`${escalation.id} is ${state}`, async () =>
    (await gemba.api.escalations()).find((found) => found.id === escalation.id && found.state === state),
  )
}

async function sessionOf(id: string): Promise<SessionView> {
  const found = (await gemba.api.sessions()).find((session) => session.id === id)
  if (found === undefined) throw new Error(`there is no session ${id}`)
  return found
}

async function done(bead: string, session: string): Promise<SessionView> {
  await eventually(`${bead} is closed`, async () => (await gemba.api.bead(bead)).status === 'closed')
  return eventually(`${session} has ended`, async () => {
    const view = await sessionOf(session)
    return view.status === 'completed' && view
  })
}

function lastRequest(): ModelRequest {
  const last = model.conversation.at(-1)
  if (last === undefined) throw new Error('the model was not asked')
  return last
}

async function changedIn(commit: string): Promise<string[]> {
  const names = await gitIn(project.folder, 'log', '-1', '-m', '--first-parent', '--format=', '--name-only', commit)
  return names.split('\n').filter(Boolean)
}

async function expectNothingOfOurs(): Promise<void> {
  const status = ['status', '--porcelain', '--untracked-files=all', '--', '.', ...ownFiles]
  expect(await gitIn(project.folder, ...status)).toBe('')
  const committed = (await gitIn(project.folder, 'ls-tree', '-r', '--name-only', 'main')).split('\n')
  expect(committed.filter((name) => /gemba|settings\.local|hooks/.test(name))).toEqual([])
  for (const [path, content] of Object.entries(tracked)) {
    expect(readFileSync(join(project.folder, path), 'utf8')).toBe(content)
    expect(await gitIn(project.folder, 'show', `main:${path}`)).toBe(content)
  }
}

/** Types into a session's terminal as the console does. */
async function typeInto(session: string, data: string): Promise<void> {
  const { base, token } = gemba.api
  const socket = new WebSocket(`${base.replace('http', 'ws')}/api/v1/sessions/${session}/terminal`, {
    headers: { authorization: `Bearer ${token}` },
  })
  try {
    const controlled = new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.on('message', (message: Buffer, isBinary) => {
        if (!isBinary && message.toString().includes('"type":"control","on":true')) resolve()
      })
    })
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    socket.send(JSON.stringify({ type: 'control', on: true }))
    await controlled
    socket.send(JSON.stringify({ type: 'keys', data }))
    await eventually('the dialog is gone', async () => {
      const { text } = await gemba.api.get<{ text: string }>(`/sessions/${session}/peek`)
      return !text.includes('Do you want to proceed?')
    })
  } finally {
    socket.close()
  }
}

/** The agent's process, as tmux knows it. */
async function paneProcess(session: string): Promise<number> {
  const format = ['-F', '#{window_name} #{pane_pid}']
  const panes = await run(locateTool('tmux'), ['-L', project.socket, 'list-panes', '-a', ...format])
  const line = panes.split('\n').find((each) => each.startsWith(`gmb-${session}-`))
  if (line === undefined) throw new Error(`there is no pane of ${session}`)
  return Number(line.split(' ')[1])
}
