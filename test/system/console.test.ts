/** The console as people use it: a real Chromium on a real `gemba serve`, with agents in real terminals. */
import { AxeBuilder } from '@axe-core/playwright'
import { expect as see, type Browser } from '@playwright/test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { BeadDetail, NewBead } from '../../model/bead.ts'
import { eventually } from './api-client.ts'
import { launchBrowser, patience, printedUrl, Viewer } from './browser.ts'
import { openBeads } from './beads-database.ts'
import { gateFiles, openGate } from './gate.ts'
import { createProject, gitIn, RunningGemba, type TestProject } from './running-gemba.ts'

let project: TestProject
let gemba: RunningGemba
let browser: Browser
let viewer: Viewer

/** Slow enough to be looked at. */
const unhurried = [
  '[[agent]]',
  'name = "unhurried"',
  'command = "gemba:scripted"',
  'hooks = "none"',
  'preamble = "file"',
  'max_parallel = 8',
  'interaction_mode = "balanced"',
  '[agent.env]',
  'GEMBA_SCRIPTED_PACE = "0.3"',
].join('\n')

const steps = (...lines: string[]): string => ['Do it.', '```gemba-steps', ...lines, '```', ''].join('\n')
const work = (file: string): string => steps(`write ${file}`, '  hello', `commit Add ${file}`, 'done')
const listening = steps('say I am listening.', 'sleep 600')

beforeAll(async () => {
  project = await createProject({ agents: unhurried, defaultAgent: 'unhurried', files: gateFiles })
  ;[gemba, browser] = await Promise.all([RunningGemba.start(project), launchBrowser()])
  await gemba.hostOnline()
})

afterAll(async () => {
  await browser?.close()
  await gemba?.stop()
  await project?.release()
})

beforeEach(async () => {
  viewer = await Viewer.open(browser, gemba)
})
afterEach(async () => {
  await viewer.close()
  expect(viewer.broken).toEqual([])
})

/** A bead that the board shows. */
async function makeBead(bead: NewBead): Promise<BeadDetail> {
  const made = await gemba.api.create(bead)
  await see(viewer.card(made.id)).toBeVisible(patience)
  return made
}

/** A bead whose agent is at work in a terminal, and its session. */
async function atWork(title: string, description: string): Promise<{ bead: string; session: string }> {
  const bead = (await makeBead({ title, description })).id
  const session = await gemba.api.start(bead)
  await viewer.sees(bead, 'started')
  return { bead, session }
}

async function asked(title: string): Promise<{ bead: string; session: string; escalation: string }> {
  const started = await atWork(
    title,
    steps(`ask ${title} | red | blue`, 'append chosen.txt {answer}', 'commit Choose', 'done'),
  )
  const { id } = await eventually('the question is open', async () =>
    (await gemba.api.escalations()).find((found) => found.bead === started.bead && found.state === 'open'),
  )
  return { ...started, escalation: id }
}

describe('opening the console', () => {
  it('signs in by the printed address, and the token leaves the address bar', async () => {
    const bead = await makeBead({ title: 'Seen on the board' })
    expect(viewer.page.url()).toBe(`${viewer.origin}/board`)
    await see(viewer.card(bead.id)).toContainText('Seen on the board')
    const shown = await viewer.page.evaluate(() => document.documentElement.outerHTML + JSON.stringify(localStorage))
    expect(shown).not.toContain(gemba.api.token)
    await viewer.page.reload()
    await viewer.sees(bead.id, 'unstarted')
  })

  it('says what to do without the token', async () => {
    const stranger = await (await browser.newContext()).newPage()
    await stranger.goto(`${viewer.origin}/inbox`)
    await see(stranger.getByRole('heading', { name: 'Open the printed address' })).toBeVisible(patience)
    await stranger.getByLabel('Address or token').fill('not-the-token')
    await stranger.getByRole('button', { name: 'Open the console' }).click()
    await see(stranger.getByRole('alert')).toContainText('not_signed_in', patience)
    await stranger.getByLabel('Address or token').fill(printedUrl(gemba))
    await stranger.getByRole('button', { name: 'Open the console' }).click()
    await see(stranger.getByRole('heading', { name: 'Inbox' })).toBeVisible(patience)
    await stranger.context().close()
  })
})

describe('from drag to done', () => {
  it('starts what is dragged, works it, and frees what it blocked', async () => {
    const held = steps('run-tests', 'write dragged.txt', '  hello', 'commit Add dragged.txt', 'done')
    const first = await makeBead({ title: 'Drag me', description: held })
    const second = await makeBead({ title: 'After it', dependencies: [{ to: first.id, kind: 'blocks' }] })
    await see(viewer.card(second.id)).toContainText(`blocked by ${first.id}`, patience)
    const shown = await viewer.record(`[data-bead="${first.id}"]`)
    await viewer.drag(first.id, 'started')
    await viewer.sees(first.id, 'started')
    await see(viewer.card(first.id)).toContainText('working', patience)
    await openGate(project)
    await viewer.sees(first.id, 'completed')
    const texts = await shown()
    const starting = texts.findIndex((text) => text.includes('starting…'))
    const working = texts.findIndex((text) => /working .*unhurried/.test(text))
    expect(starting, texts.join('\n')).toBeGreaterThan(-1)
    expect(working, texts.join('\n')).toBeGreaterThan(starting)
    expect(await gitIn(project.folder, 'show', 'main:dragged.txt')).toBe('hello\n')
    await see(viewer.card(second.id)).not.toContainText('blocked by', patience)
  })

  it('does the same by keyboard', async () => {
    const bead = await makeBead({ title: 'Move me by keys', description: work('keys.txt') })
    await viewer.moveByKeyboard(bead.id, 'In progress')
    await viewer.sees(bead.id, 'completed')
    expect(await gitIn(project.folder, 'show', 'main:keys.txt')).toBe('hello\n')
  })

  it('asks before it starts what is blocked', async () => {
    const blocker = await makeBead({ title: 'In the way' })
    const bead = await makeBead({
      title: 'Impatient',
      description: work('impatient.txt'),
      dependencies: [{ to: blocker.id, kind: 'blocks' }],
    })
    await see(viewer.card(bead.id)).toContainText(`blocked by ${blocker.id}`, patience)
    await viewer.drag(bead.id, 'started')
    await see(viewer.page.getByRole('dialog')).toContainText(`blocked by ${blocker.id}`, patience)
    await viewer.sees(bead.id, 'unstarted')
    expect((await gemba.api.sessions()).some((session) => session.bead === bead.id)).toBe(false)
    await viewer.page.getByRole('button', { name: 'Start anyway' }).click()
    await viewer.sees(bead.id, 'completed')
  })

  it('shows an edit of another program', async () => {
    const bead = await makeBead({ title: 'As it was' })
    const beads = await openBeads(project.folder)
    await beads.query('UPDATE issues SET title = ?, status = ? WHERE id = ?', ['Edited elsewhere', 'deferred', bead.id])
    await beads.end()
    await see(viewer.lane('backlog').locator(`[data-bead="${bead.id}"]`)).toContainText('Edited elsewhere', patience)
  })

  it('starts nothing because another program moved a bead to In progress', async () => {
    const bead = await makeBead({ title: 'Moved elsewhere' })
    const beads = await openBeads(project.folder)
    await beads.query("UPDATE issues SET status = 'in_progress' WHERE id = ?", [bead.id])
    await beads.end()
    await viewer.sees(bead.id, 'started')
    // What is started after it has had its turn: so had this one.
    const after = await makeBead({ title: 'Started here' })
    await gemba.api.start(after.id)
    await viewer.sees(after.id, 'completed')
    expect((await gemba.api.sessions()).some((session) => session.bead === bead.id)).toBe(false)
    expect(await gemba.api.bead(bead.id)).toMatchObject({ status: 'in_progress', assignee: null })
    await gemba.api.change('PATCH', `/beads/${bead.id}`, { status: 'open' })
  })

  it('shows hostile text as text, everywhere', async () => {
    const title = '<img src=x onerror="window.hit=1">$(touch x) #(touch x) `touch x`; {{ 7*7 }} 🦫'
    const { bead, session } = await atWork(title, `${title}\n${listening}`)
    await see(viewer.card(bead)).toContainText(title)
    await viewer.go(`/board/${bead}`)
    await see(viewer.page.getByRole('heading', { name: title })).toBeVisible(patience)
    await viewer.go(`/sessions/${session}`)
    await see(viewer.page.getByRole('heading', { name: title })).toBeVisible(patience)
    await see(viewer.page.locator('.xterm-rows')).toContainText('I am listening.', patience)
    expect(await viewer.page.evaluate(() => 'hit' in window)).toBe(false)
    const worktree = join(project.folder, '.gemba', 'worktrees', bead)
    expect([project.folder, worktree, process.cwd()].filter((folder) => existsSync(join(folder, 'x')))).toEqual([])
    await gemba.api.change('POST', `/sessions/${session}/end`, { mode: 'canceled' })
    await viewer.go('/board')
    await viewer.sees(bead, 'unstarted')
  })
})

describe('a question of an agent', () => {
  it('comes to the inbox, is answered there, and the agent goes on', async () => {
    const { bead, escalation } = await asked('Which colour?')
    const inbox = viewer.page.getByRole('link', { name: /^Inbox/ })
    await see(inbox).toHaveAccessibleName(/^Inbox\s*1\s*waiting for you$/, patience)
    await inbox.click()
    const card = viewer.page.locator(`[data-escalation="${escalation}"]`)
    await see(card).toContainText('Which colour?')
    await card.getByRole('button', { name: 'blue' }).click()
    await see(inbox).not.toContainText('waiting', patience)
    await see(viewer.page.getByText(/blue\. Decided by .+ \(console\), delivered\./)).toBeVisible(patience)
    await viewer.page.getByRole('link', { name: 'Board' }).click()
    await viewer.sees(bead, 'completed')
  })

  it('is answered once: two browsers see the same, and the second hears who was first', async () => {
    const { bead, escalation } = await asked('Which shape?')
    const other = await Viewer.open(browser, gemba)
    await other.sees(bead, 'started')
    await Promise.all([viewer.go('/inbox'), other.go('/inbox')])
    const held = Promise.withResolvers<void>()
    await other.page.route('**/api/v1/escalations/**', async (route) => {
      await held.promise
      await route.continue()
    })
    const [here, there] = [viewer, other].map(({ page }) => page.locator(`[data-escalation="${escalation}"]`))
    await there?.getByRole('button', { name: 'blue' }).click()
    await here?.getByRole('button', { name: 'red' }).click()
    await see(viewer.page.getByText(/red\. Decided by .+ \(console\)/)).toBeVisible(patience)
    held.resolve()
    await see(other.page.getByText(/Already decided by \S+ at /)).toBeVisible(patience)
    await see(other.page.getByText(/red\. Decided by .+ \(console\)/)).toBeVisible(patience)
    await Promise.all([viewer.go('/board'), other.go('/board')])
    await viewer.sees(bead, 'completed')
    await other.sees(bead, 'completed')
    expect(other.broken).toEqual([])
    await other.close()
  })
})

describe('a session', () => {
  it('shows its terminal, takes what is typed under control only, and gives the bead back when it is ended', async () => {
    const { bead, session } = await atWork('Listen', listening)
    await viewer.card(bead).locator('a').click()
    await viewer.page.getByRole('link', { name: 'Open terminal' }).click()
    await see(viewer.page).toHaveURL(`${viewer.origin}/sessions/${session}`, patience)
    const rows = viewer.page.locator('.xterm-rows')
    await see(rows).toContainText('I am listening.', patience)
    await viewer.page.locator('.xterm-screen').click()
    await viewer.page.keyboard.type('nobody hears this\n')
    await viewer.page.getByRole('button', { name: 'Take control' }).click()
    await see(viewer.page.getByText('What you type goes to the agent')).toBeVisible(patience)
    await viewer.page.keyboard.type('hello $(touch x) 🦫\n')
    await see(rows).toContainText('You said: hello $(touch x) 🦫', patience)
    await see(rows).not.toContainText('nobody hears this')
    await viewer.page.getByLabel('Message to the agent').fill('and this by message')
    await viewer.page.getByRole('button', { name: 'Send' }).click()
    await see(rows).toContainText('You said: and this by message', patience)
    await viewer.page.getByRole('button', { name: 'End session' }).click()
    await viewer.page.getByRole('button', { name: 'Stop it' }).click()
    await see(viewer.page.getByText('a person ended it').first()).toBeVisible(patience)
    await viewer.page.getByRole('link', { name: 'Board' }).click()
    await viewer.sees(bead, 'unstarted')
    expect(await gemba.api.bead(bead)).toMatchObject({ status: 'open', assignee: null })
  })

  it('that has ended says so instead of showing an empty screen', async () => {
    const { bead, session } = await atWork('Soon over', work('over.txt'))
    await viewer.sees(bead, 'completed')
    await eventually('the session has ended', async () =>
      (await gemba.api.sessions()).some((view) => view.id === session && view.status === 'completed'),
    )
    await viewer.go(`/sessions/${session}`)
    await see(viewer.page.getByText('Its terminal closed with it')).toBeVisible(patience)
    await see(viewer.page.getByRole('button', { name: 'Take control' })).toHaveCount(0)
  })
})

describe('with real data', () => {
  it.each([
    ['light', 1440],
    ['dark', 1440],
    ['light', 390],
    ['dark', 390],
  ] as const)('every page is accessible and fits, in the %s, %i pixels wide', async (colorScheme, width) => {
    const { bead, session, escalation } = await asked(`Which size, ${colorScheme} ${width}?`)
    const guest = await Viewer.open(browser, gemba, { viewport: { width, height: 844 }, colorScheme })
    for (const path of ['/board', `/board/${bead}`, '/sessions', `/sessions/${session}`, '/inbox', '/hosts']) {
      await guest.go(path)
      if (path.endsWith(session)) await see(guest.page.locator('.xterm-rows')).toContainText('Which size', patience)
      if (path.endsWith(bead)) await see(guest.page.locator('aside h3').first()).toBeVisible(patience)
      const { violations } = await new AxeBuilder({ page: guest.page }).exclude('.xterm-rows').analyze()
      expect(violations.map(({ id, nodes }) => `${path} ${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([])
      expect(await guest.page.evaluate(tooWide), path).toEqual([])
    }
    await guest.close()
    await gemba.api.answer(escalation, 'red')
    await viewer.sees(bead, 'completed')
  })
})

/** What sticks out of the window without being in something that scrolls sideways, or makes its box scroll so. */
function tooWide(): string[] {
  const boxes = [document.documentElement, ...document.querySelectorAll<HTMLElement>('.page, aside .body')]
  return boxes
    .filter((box) => box.scrollWidth > box.clientWidth + 1)
    .map((box) => `${box.tagName}.${box.className}: ${box.scrollWidth} > ${box.clientWidth}`)
}

it('never bothered anybody but with the questions of agents', async () => {
  const others = (await gemba.api.escalations()).filter((escalation) => escalation.source !== 'question')
  expect(others.map(({ source, bead, text }) => ({ source, bead, text }))).toEqual([])
})
