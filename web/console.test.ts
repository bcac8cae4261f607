/** The built console in a real Chromium, against a double of the API. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from '@playwright/test'
import { chromium, expect as expectIn } from '@playwright/test'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { paneSize } from '../model/pane-size.ts'
import { findTool } from '../runtime/tools/locate.ts'
import type { ApiDouble } from './testing/api-double.ts'
import { startApiDouble } from './testing/api-double.ts'
import type { BuiltConsole } from './testing/build-console.ts'
import { buildConsole } from './testing/build-console.ts'
import { manyBeads } from './testing/sample.ts'

/** Waits for what comes at once; the limit is for slow machines. */
const see = expectIn.configure({ timeout: 30_000 })

const launchArguments = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
]
const pages = ['/board', '/board/lan-3', '/sessions', '/sessions/s1', '/inbox', '/hosts'] as const

let files: BuiltConsole
let browser: Browser
let api: ApiDouble
let page: Page
let broken: string[]

beforeAll(async () => {
  files = await buildConsole()
  const executablePath = findTool('chromium')
  browser = await chromium.launch({
    args: launchArguments,
    ...(executablePath === undefined ? {} : { executablePath }),
  })
})
afterAll(async () => {
  await browser?.close()
  await files?.remove()
})

beforeEach(async () => {
  api = await startApiDouble(files.folder)
  broken = []
  page = await newPage()
})
afterEach(async () => {
  await page.context().close()
  await api.close()
  expect(broken).toEqual([])
})

async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  const opened = await context.newPage()
  opened.on('pageerror', (error) => broken.push(error.message))
  opened.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) broken.push(message.text())
  })
  return opened
}

async function signIn(on: Page, path = '/board'): Promise<void> {
  await on.goto(`${api.url}${path}#token=${api.token}`)
  await see(on.locator('[data-connection]')).toHaveText('live')
}

function card(id: string) {
  return page.locator(`[data-bead="${id}"]`)
}

/** Whatever has the shape of a control sequence: among them all that a terminal may answer. */
function* everyQuery(): Generator<string> {
  const letters = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)
  const parameters = ['', '0', '1', '5', '6', '14', '16', '18', '996', '1004']
  for (const final of letters(0x40, 0x7e).map((code) => String.fromCharCode(code)))
    for (const between of ['', ' ', '!', '"', '#', '$', "'", '*', '+', '\x1bc'])
      for (const prefix of ['', '?', '>', '=', '<'])
        yield parameters.map((parameter) => `\x1b[${prefix}${parameter}${between}${final}`).join('')
  for (const code of letters(0, 130)) yield `\x1b]${code};?\x07\x1b]${code};0;?\x1b\\`
  for (const query of ['$qm', '$q"p', '+q544e', '$qr']) yield `\x1bP${query}\x1b\\`
  yield '\x05\x1bZ'
}

async function paste(text: string): Promise<void> {
  await page.locator('.xterm-helper-textarea').evaluate((field, pasted) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', pasted)
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, text)
}

function lane(state: string) {
  return page.locator(`[data-lane="${state}"]`)
}

async function drag(id: string, state: string): Promise<void> {
  const from = await card(id).boundingBox()
  const to = await lane(state).boundingBox()
  if (from === null || to === null) throw new Error('nothing to drag')
  await page.mouse.move(from.x + 40, from.y + 14)
  await page.mouse.down()
  await page.mouse.move(from.x + 60, from.y + 30, { steps: 3 })
  await page.mouse.move(to.x + to.width / 2, to.y + 120, { steps: 8 })
  await page.mouse.up()
}

describe('signing in', () => {
  it('takes the token from the printed address, once', async () => {
    await signIn(page, '/inbox')
    expect(page.url()).toBe(`${api.url}/inbox`)
    expect(await page.evaluate(() => document.body.outerHTML + JSON.stringify(localStorage))).not.toContain(api.token)
    await page.reload()
    await see(page.getByRole('heading', { name: 'Inbox' })).toBeVisible()
  })

  it('says calmly what to do without it, and takes a pasted address', async () => {
    await page.goto(`${api.url}/board`)
    await see(page.getByRole('heading', { name: 'Open the printed address' })).toBeVisible()
    await page.getByLabel('Address or token').fill('wrong')
    await page.getByRole('button', { name: 'Open the console' }).click()
    await see(page.getByRole('alert')).toContainText('not_signed_in')
    await page.getByLabel('Address or token').fill(`${api.url}/#token=${api.token}`)
    await page.getByRole('button', { name: 'Open the console' }).click()
    await see(card('lan-3')).toBeVisible()
  })
})

describe('signing out', () => {
  it('ends it in every window of this browser', async () => {
    await signIn(page)
    const second = await page.context().newPage()
    await second.goto(`${api.url}/board`)
    await see(second.locator('[data-connection]')).toHaveText('live')
    await page.getByRole('button', { name: 'Sign out' }).click()
    for (const one of [page, second]) {
      await see(one.getByRole('heading', { name: 'Open the printed address' })).toBeVisible()
    }
    expect(await page.evaluate(() => localStorage.getItem('gemba.browser'))).toBeNull()
    await page.reload()
    await see(page.getByRole('heading', { name: 'Open the printed address' })).toBeVisible()
  })
})

describe('the board', () => {
  it('starts a bead that is dragged to In progress, and moves it only when the event comes', async () => {
    await signIn(page)
    const start = api.holdStarts()
    await drag('lan-7', 'started')
    await see(lane('unstarted').locator('[data-bead="lan-7"]')).toContainText('starting…')
    start()
    await see(lane('started').locator('[data-bead="lan-7"]')).toContainText('scripted')
    expect(api.changes).toEqual(['POST /dispatch'])
    expect(page.url()).toBe(`${api.url}/board`)
  })

  it('asks before it starts a blocked bead', async () => {
    await signIn(page)
    await drag('lan-8', 'started')
    await see(page.getByRole('dialog')).toContainText('blocked by lan-5')
    await page.getByRole('button', { name: 'Start anyway' }).click()
    await see(lane('started').locator('[data-bead="lan-8"]')).toBeVisible()
    expect(api.changes).toEqual(['POST /dispatch', 'POST /dispatch'])
  })

  it('moves by keyboard alone', async () => {
    await signIn(page)
    await card('lan-9').locator('a').focus()
    await page.keyboard.press('ArrowDown')
    await see(card('lan-2').locator('a')).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await see(card('lan-7').locator('a')).toBeFocused()
    await page.keyboard.press('m')
    await see(page.getByRole('menu', { name: 'Move lan-7 to' })).toBeVisible()
    await page.keyboard.press('ArrowDown')
    await see(page.getByRole('menuitem', { name: 'Staged' })).toBeFocused()
    await page.keyboard.press('Enter')
    await see(lane('staged').locator('[data-bead="lan-7"]')).toBeVisible()
    await see(card('lan-7').locator('a')).toBeFocused()
    expect(api.bead('lan-7').state).toBe('staged')
  })

  it('takes a refused move back and says why', async () => {
    api.fail('PATCH /beads/lan-7', 403, {
      code: 'read_only',
      detail: 'This Beads source is read-only.',
      mend: 'Use another.',
    })
    await signIn(page)
    await drag('lan-7', 'backlog')
    await see(page.getByText('lan-7 stays in Next up')).toBeVisible()
    await see(page.locator('.toasts')).toContainText('read_only')
    await see(lane('unstarted').locator('[data-bead="lan-7"]')).toBeVisible()
  })

  it('ends the session before it takes a bead out of In progress', async () => {
    await signIn(page)
    await drag('lan-3', 'backlog')
    await page.getByRole('button', { name: 'End session' }).click()
    await see(lane('backlog').locator('[data-bead="lan-3"]')).toBeVisible()
    await expect.poll(() => api.changes, { timeout: 30_000 }).toEqual(['POST /sessions/s1/end', 'PATCH /beads/lan-3'])
    await see(lane('backlog').locator('[data-bead="lan-3"]')).toBeVisible()
  })

  it('closes with a reason by the menu', async () => {
    await signIn(page)
    await page.getByRole('button', { name: 'Move lan-10 to…' }).click()
    await page.getByRole('menuitem', { name: 'Done' }).click()
    await page.getByLabel('Reason').fill('No longer wanted')
    await page.getByRole('button', { name: 'Close bead' }).click()
    await see(lane('completed').locator('[data-bead="lan-10"]')).toBeVisible()
  })

  it('filters as one types, and says so where nothing is left', async () => {
    await signIn(page)
    await see(lane('unstarted').locator('[data-count]')).toHaveText('8')
    await page.keyboard.press('/')
    await page.keyboard.type('summer')
    await see(lane('unstarted').locator('[data-count]')).toHaveText('1')
    await see(lane('staged')).toContainText('Nothing here matches')
  })

  it('draws few of many cards, and shows more on demand', async () => {
    api.put(manyBeads(3_000))
    await signIn(page)
    await see(lane('completed').locator('[data-count]')).toHaveText('1003')
    expect(await page.locator('[data-bead]').count()).toBeLessThanOrEqual(400)
    await lane('completed')
      .getByRole('button', { name: /^Show 50 more/ })
      .click()
    await see(lane('completed').locator('[data-bead]')).toHaveCount(100)
  })

  it('shows a hostile title as text', async () => {
    await signIn(page)
    const title = '<img src=x onerror="window.hit=1">$(rm) {{ 7*7 }}'
    api.emit({ kind: 'bead.changed', bead: { ...api.bead('lan-9'), title, revision: 9 } })
    await see(card('lan-9')).toContainText(title)
    expect(await page.evaluate(() => 'hit' in window)).toBe(false)
  })

  it('unparks', async () => {
    await signIn(page)
    await page.getByRole('button', { name: 'Unpark lan-17' }).click()
    await see(card('lan-17')).not.toContainText('parked')
  })

  it('makes a new bead', async () => {
    await signIn(page)
    await page.keyboard.press('c')
    await page.getByLabel('Title').fill('A door bell')
    await page.getByRole('button', { name: 'Create bead' }).click()
    await see(page.locator('aside')).toContainText('A door bell')
    await see(lane('unstarted')).toContainText('A door bell')
  })
})

describe('the bead panel', () => {
  it('shows both versions when the bead was changed meanwhile', async () => {
    await signIn(page, '/board/lan-9')
    await page.getByRole('button', { name: 'Edit title' }).click()
    api.put([{ ...api.bead('lan-9'), title: 'What somebody else wrote', revision: 7 }])
    await page.getByRole('textbox', { name: 'Title' }).fill('What I wrote')
    await page.getByRole('button', { name: 'Save' }).click()
    await see(page.getByRole('alert')).toContainText('What somebody else wrote')
    await page.getByRole('button', { name: 'Write mine' }).click()
    await see(card('lan-9')).toContainText('What I wrote')
    expect(api.bead('lan-9').title).toBe('What I wrote')
  })

  it('opens by address, closes by Escape, and gives the focus back', async () => {
    await signIn(page, '/board/lan-9')
    await see(page.locator('aside')).toContainText('Not markup')
    await page.keyboard.press('Escape')
    await see(page.locator('aside')).toHaveCount(0)
    await see(card('lan-9').locator('a')).toBeFocused()
  })

  it('says plainly that a bead does not exist', async () => {
    await signIn(page, '/board/lan-404')
    await see(page.locator('aside')).toContainText('bead_not_found')
  })
})

describe('the inbox', () => {
  it('answers, and tells decided from delivered', async () => {
    await signIn(page, '/inbox')
    const ask = page.locator('[data-escalation="escalation/lantern/s2/1"]')
    await ask.getByRole('button', { name: 'Approve' }).click()
    await see(ask).toContainText('Decided by mira (console), waiting for host local.')
    expect(api.changes).toEqual(['POST /escalations/escalation/lantern/s2/1/answer'])
  })

  it('asks twice before what destroys', async () => {
    await signIn(page, '/inbox')
    await page.getByRole('button', { name: 'Throw the calendar away' }).click()
    expect(api.changes).toEqual([])
    await page.getByRole('button', { name: 'Really: Throw the calendar away' }).click()
    await see(page.locator('[data-escalation="escalation/lantern/s1/2"]')).toContainText('Decided by mira')
  })

  it('tells a late answer who was first', async () => {
    api.fail('POST /escalations/escalation/lantern/s2/1/answer', 409, {
      code: 'already_decided',
      detail: 'This was already decided.',
      mend: 'Nothing to do.',
      params: { by: 'jon', at: '2026-11-01T10:42:00Z' },
    })
    await signIn(page, '/inbox')
    await page.getByRole('button', { name: 'Approve' }).click()
    await see(page.getByText('Already decided by jon')).toBeVisible()
  })
})

describe('the terminal', () => {
  it('shows a whole pane on a desk, and on a phone all its rows in letters that can be read', async () => {
    const look = async (width: number, height: number) => {
      const context = await newPage({ viewport: { width, height } })
      await signIn(context, '/sessions/s1')
      await see(context.locator('[data-terminal] .xterm-rows')).toContainText('Asking before I go on.')
      const box = await context.locator('[data-terminal]').evaluate((pane) => ({
        letter: parseFloat(getComputedStyle(pane.querySelector('.xterm-rows') ?? pane).fontSize),
        rows: pane.querySelectorAll('.xterm-rows > div').length,
        beyondRight: pane.scrollWidth - pane.clientWidth,
        beyondBottom: pane.scrollHeight - pane.clientHeight,
      }))
      await context.context().close()
      return box
    }
    const desk = await look(1440, 900)
    expect(desk).toMatchObject({ rows: paneSize.rows, beyondRight: 0, beyondBottom: 0 })
    expect(desk.letter).toBeGreaterThanOrEqual(11)
    const phone = await look(390, 844)
    expect(phone).toMatchObject({ rows: paneSize.rows, beyondBottom: 0 })
    expect(phone.letter).toBeGreaterThanOrEqual(10)
    expect(phone.beyondRight).toBeGreaterThan(0)
  })

  it('shows live bytes, sends nothing unasked, and types only under control', async () => {
    await signIn(page, '/sessions/s1')
    const rows = page.locator('[data-terminal] .xterm-rows')
    await see(rows).toContainText('Asking before I go on.')
    await page.locator('.xterm-screen').click()
    await page.keyboard.type('rm')
    expect(api.typed).toEqual([])
    await page.getByRole('button', { name: 'Take control' }).click()
    await see(page.getByText('What you type goes to the agent')).toBeVisible()
    await page.keyboard.type('y')
    await expect.poll(() => api.typed, { timeout: 30_000 }).toContainEqual({ type: 'keys', data: 'y' })
  })

  it('answers nothing that a program asks, and reports neither focus nor mouse', async () => {
    await signIn(page, '/sessions/s1')
    const rows = page.locator('[data-terminal] .xterm-rows')
    await page.getByRole('button', { name: 'Take control' }).click()
    await see(page.getByText('What you type goes to the agent')).toBeVisible()
    for (const part of everyQuery()) api.draw(part)
    api.draw('\x1bc\x1b[?2004;1000;1004h\x1b[?1003h\x1b[?1006h\x1b[?1049hAll was asked.')
    await see(rows).toContainText('All was asked.')
    await page.locator('.xterm-screen').click()
    await page.locator('.xterm-screen').click({ modifiers: ['Alt'], position: { x: 90, y: 90 } })
    await page.mouse.wheel(0, 300)
    await page.getByRole('heading', { level: 1 }).click()
    await page.locator('.xterm-helper-textarea').focus()
    await page.keyboard.type('q')
    await paste('two\nlines')
    await expect.poll(() => api.typed).toContainEqual({ type: 'keys', data: '\x1b[200~two\rlines\x1b[201~' })
    expect(api.typed.filter((sent) => (sent as { type: string }).type === 'keys')).toEqual([
      { type: 'keys', data: 'q' },
      { type: 'keys', data: '\x1b[200~two\rlines\x1b[201~' },
    ])
  })

  it('traps nobody: Tab passes by while read only, and Ctrl . gives the keyboard back', async () => {
    await signIn(page, '/sessions/s1')
    await see(page.locator('[data-terminal] .xterm-rows')).toContainText('Asking before I go on.')
    const toggle = page.getByRole('button', { name: /control/ })
    await toggle.focus()
    await page.keyboard.press('Tab')
    await see(page.locator('.xterm-helper-textarea')).toBeFocused()
    await page.keyboard.press('Tab')
    await see(page.locator('.xterm-helper-textarea')).not.toBeFocused()
    await toggle.focus()
    await page.keyboard.press('Enter')
    await see(page.locator('.xterm-helper-textarea')).toBeFocused()
    await page.keyboard.press('Tab')
    await expect.poll(() => api.typed).toContainEqual({ type: 'keys', data: '\t' })
    await page.keyboard.press('Control+.')
    await see(page.getByText('Read only')).toBeVisible()
    await see(toggle).toBeFocused()
    await page.locator('.xterm-helper-textarea').focus()
    await page.keyboard.press('?')
    await see(page.getByRole('dialog')).toContainText('Give back control')
  })

  it('comes back by itself, without control', async () => {
    await signIn(page, '/sessions/s1')
    await page.getByRole('button', { name: 'Take control' }).click()
    await see(page.getByText('What you type goes to the agent')).toBeVisible()
    api.drop()
    await see(page.getByText('Read only')).toBeVisible()
    await see(page.locator('.live-terminal header')).toContainText('live')
    await see(page.locator('[data-terminal] .xterm')).toHaveCount(1)
  })
})

describe('what happened in a session', () => {
  const entries = () => page.locator('[data-happened] p:first-child').allTextContents()

  it('was there before the page was opened, goes on live, and leads back to the beginning, each step once', async () => {
    await signIn(page, '/sessions/s1')
    const working = page.locator('[data-happened]').filter({ hasText: 'step 130' })
    await see(working).toHaveCount(1)
    api.emit({ kind: 'session.changed', session: { ...api.session('s1'), note: 'step 131' } })
    await see(page.locator('[data-happened]').first()).toContainText('step 131')
    await see(page.locator('[data-happened]').filter({ hasText: 'mira started' })).toHaveCount(0)
    await page.getByRole('button', { name: 'Show what was before' }).click()
    await see(page.locator('[data-happened]').last()).toContainText('mira started scripted on host local')
    await see(page.getByRole('button', { name: 'Show what was before' })).toHaveCount(0)
    const steps = (await entries()).filter((text) => text.startsWith('step '))
    expect(steps).toEqual(Array.from({ length: 130 }, (_, index) => `step ${131 - index}`))
  })

  it('has no gap and no repeat after the connection was lost', async () => {
    await signIn(page, '/sessions/s1')
    await see(page.locator('[data-happened]').first()).toContainText('step 130')
    api.drop()
    for (const step of [131, 132, 133])
      api.emit({ kind: 'session.changed', session: { ...api.session('s1'), note: `step ${step}` } })
    await see(page.locator('[data-happened]').first()).toContainText('step 133')
    expect((await entries()).slice(0, 5)).toEqual(['step 133', 'step 132', 'step 131', 'step 130', 'step 129'])
  })

  it('says so where nothing is recorded, and where it can not be read', async () => {
    await signIn(page, '/sessions/s3')
    await see(page.getByText('Nothing is recorded yet.')).toBeVisible()
    await page.route('**/api/v1/sessions/s3/events*', (route) => route.abort())
    await page.reload()
    await see(page.getByText('Its history could not be read')).toBeVisible()
    await page.unroute('**/api/v1/sessions/s3/events*')
    await page.getByRole('button', { name: 'Read again' }).click()
    await see(page.getByText('Nothing is recorded yet.')).toBeVisible()
  })
})

it('reads everything anew after the connection was lost', async () => {
  await signIn(page)
  api.put([{ ...api.bead('lan-9'), title: 'Changed while nobody listened', revision: 1 }])
  api.drop()
  await see(card('lan-9')).toContainText('Changed while nobody listened')
  await see(page.locator('[data-connection]')).toHaveText('live')
})

it('finds anything and prints its keys', async () => {
  await signIn(page)
  await page.keyboard.press('Control+k')
  await see(page.getByRole('combobox', { name: 'Command, bead or session' })).toBeFocused()
  await page.keyboard.type('umlauts')
  await page.keyboard.press('Enter')
  await see(page.locator('aside')).toContainText('lan-17')
  await page.keyboard.press('Escape')
  await see(page.locator('aside')).toHaveCount(0)
  await page.keyboard.press('?')
  await see(page.getByRole('dialog')).toContainText('Move the focused card to…')
  await page.keyboard.press('Escape')
  await see(page.getByRole('dialog')).toHaveCount(0)
  await page.keyboard.press('g')
  await page.keyboard.press('h')
  await see(page.getByRole('heading', { name: 'Hosts' })).toBeVisible()
})

describe.each(['light', 'dark'] as const)('in the %s', (colorScheme) => {
  it.each([
    ['on a desk', 1440, 900],
    ['on a phone', 390, 844],
  ])('%s, every page is accessible and fits', async (_, width, height) => {
    const context = await newPage({ viewport: { width, height }, colorScheme })
    await signIn(context)
    for (const path of pages) {
      await context.goto(api.url + path)
      await see(context.locator('[data-connection]')).toHaveText('live')
      await see(context.getByText(/^(Reading|Loading) .*…$/)).toHaveCount(0)
      if (path.startsWith('/sessions/')) await see(context.locator('.xterm-rows')).toContainText('Asking')
      // What an agent draws is its own; the screen reader switch tells it as text.
      const { violations } = await new AxeBuilder({ page: context }).exclude('.xterm-rows').analyze()
      expect(violations.map(({ id, nodes }) => `${path} ${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([])
      const wide = await context.evaluate(() => document.documentElement.scrollWidth)
      expect(wide, path).toBeLessThanOrEqual(width)
    }
    await context.context().close()
  })
})
