/** Every view and every state of it: no finding of axe, nothing sticks out, all of it reached by keyboard alone. */
import type { Page } from '@playwright/test'
import { describe, expect, it } from 'vitest'
import { profileOf } from '../model/mode.ts'
import type { ApiDouble } from './testing/api-double.ts'
import { ConsoleBench, see } from './testing/console-bench.ts'
import { itLooksOver, type View } from './testing/look-over.ts'
import { sampleHistory } from './testing/sample-history.ts'
import { sampleSessions } from './testing/sample.ts'

const bench = new ConsoleBench()
const refusal = { code: 'dispatch_full', detail: 'All 6 seats are taken.', mend: 'Wait, or raise `max_sessions`.' }

const views: Readonly<Record<string, View>> = {
  board: { path: '/board', shows: 'A calendar that can be read aloud' },
  'a bead at work': { path: '/board/lan-3', shows: 'Not markup' },
  'a blocked bead': { path: '/board/lan-13', shows: 'blocked by lan-7' },
  'a parked bead': { path: '/board/lan-17', shows: 'Not markup' },
  'an unknown bead': { path: '/board/lan-404', shows: 'bead_not_found' },
  'an edit': {
    path: '/board/lan-9',
    shows: 'Save',
    get: (page) => page.getByRole('button', { name: 'Edit description' }).click(),
  },
  'a conflict': { path: '/board/lan-9', shows: 'This bead was changed meanwhile', get: conflict },
  'a refusal': { path: '/board', shows: 'Stays in Next up', get: refused },
  'the move menu': {
    path: '/board',
    shows: 'starts an agent',
    get: (page) => page.getByRole('button', { name: 'Move lan-9 to…' }).click(),
  },
  'a question of the console': { path: '/board/lan-8', shows: 'Start anyway', get: startBlocked },
  'a new bead': { path: '/board', shows: 'Create bead', get: (page) => page.keyboard.press('c') },
  palette: { path: '/board', shows: 'Go to', get: (page) => page.keyboard.press('Control+k') },
  'keyboard help': { path: '/board', shows: 'What works on this page', get: (page) => page.keyboard.press('?') },
  'an empty project': { path: '/board', shows: 'No beads yet', get: emptied },
  'a filter that finds nothing': {
    path: '/board',
    shows: 'Nothing here matches the filter.',
    get: (page) => page.getByLabel('Search the board').fill('zzz'),
  },
  sessions: { path: '/sessions', shows: 'Skeleton of the site' },
  'no sessions': { path: '/sessions', shows: 'No agent has worked yet', get: emptied },
  'a session': { path: '/sessions/s1', shows: 'Asking before I go on.' },
  'a session under control': {
    path: '/sessions/s1',
    shows: 'What you type goes to the agent',
    get: (page) => page.getByRole('button', { name: 'Take control' }).click(),
  },
  'an ended session': { path: '/sessions/s0', shows: 'Its terminal closed with it' },
  'an unknown session': { path: '/sessions/s404', shows: 'There is no such session' },
  'import and export': { path: '/exchange', shows: 'Choose a file' },
  'an import that was judged': { path: '/exchange', shows: 'will be created', get: judged },
  inbox: { path: '/inbox', shows: 'May I add a build step?' },
  'a question asked twice': {
    path: '/inbox',
    shows: 'Really: Throw the calendar away',
    get: (page) => page.getByRole('button', { name: 'Throw the calendar away' }).click(),
  },
  'an epic': { path: '/board/lan-2', shows: '0 of 2 done' },
  'a milestone': { path: '/board/lan-1', shows: 'New epic here' },
  'a decision': { path: '/board/lan-11', shows: 'Give it the number D1' },
  dependencies: { path: '/board/lan-8?tab=dependencies', shows: 'waits for' },
  'a searched list': { path: '/board/lan-8?tab=dependencies', shows: 'Opening hours jump', get: searched },
  'labels and tags': { path: '/board/lan-3?tab=labels', shows: 'Decisions and milestones', get: tagged },
  comments: { path: '/board/lan-3?tab=comments', shows: 'The old calendar is in the branch' },
  evidence: { path: '/board/lan-6?tab=evidence', shows: '3f9ac2e8d1b7' },
  'no evidence': { path: '/board/lan-9?tab=evidence', shows: 'Nothing shows yet what came of it' },
  history: { path: '/board/lan-6?tab=history', shows: 'created it' },
  'a numbered title': { path: '/board/lan-1', shows: 'Save', get: numbered },
  'a deleted bead': { path: '/board/lan-9', shows: 'lan-9 was deleted meanwhile', get: deleted },
  'a deletion': {
    path: '/board/lan-1',
    shows: 'Type lan-1 to delete it',
    get: (page) => page.getByRole('button', { name: 'Delete for good…' }).click(),
  },
  'a bead that can not be written': { path: '/board/lan-9?tab=labels', shows: 'calendar', get: readOnly },
  'a new milestone': { path: '/board', shows: 'The plan has no numbering', get: newMilestone },
  'a new bead that was refused': { path: '/board', shows: 'Not created', get: refusedBead },
  'an empty inbox': { path: '/inbox', shows: 'No agent needs you', get: emptied },
  hosts: { path: '/hosts', shows: 'seats taken' },
  'no hosts': { path: '/hosts', shows: 'No host has announced itself', get: emptied },
  'the Beads history': { path: '/board?panel=history', shows: 'You deleted "A fax number"', get: planned },
  'an empty Beads history': { path: '/board?panel=history', shows: 'Nothing was changed yet', get: beadsOnly },
  'a Beads history in trouble': { path: '/board?panel=history', shows: 'Line 4: It is no entry', get: troubled },
  'nothing at all': { path: '/nowhere', shows: 'There is nothing at this address' },
  'a toast': { path: '/hosts', shows: 'lan-9 is parked', get: parked },
  'a server that is gone': { path: '/board', shows: 'The Gemba server does not answer.', get: gone },
  'signing in': { path: '/board', shows: 'Open the printed address', get: signedOut },
}

async function judged(page: Page): Promise<void> {
  await page.getByLabel('Or paste lines').fill('{"id":"lan-new"}\n{"id":"lan-3"}\nbroken')
  await page.getByRole('button', { name: 'Look at these lines' }).click()
}

async function conflict(page: Page, api: ApiDouble): Promise<void> {
  await page.getByRole('button', { name: 'Edit title' }).click()
  api.put([{ ...api.bead('lan-9'), title: 'What somebody else wrote', revision: 7 }])
  await page.getByRole('textbox', { name: 'Title' }).fill('What I wrote')
  await page.getByRole('button', { name: 'Save' }).click()
}

async function searched(page: Page): Promise<void> {
  await page.getByRole('combobox', { name: 'Bead it depends on' }).fill('summer')
}

async function tagged(page: Page): Promise<void> {
  await page.getByRole('combobox', { name: 'Tag with' }).fill('lan-1')
  await page.keyboard.press('Enter')
  await see(page.getByRole('button', { name: 'Remove tag' })).toBeVisible()
}

async function numbered(page: Page, api: ApiDouble): Promise<void> {
  const title = 'M1: The gallery opens'
  api.emit({ kind: 'bead.changed', bead: { ...api.bead('lan-1'), title, revision: 9 } })
  api.put([{ ...api.bead('lan-1'), title, revision: 9 }])
  await page.reload()
  await page.getByRole('button', { name: 'Edit title' }).click()
  await see(page.getByRole('button', { name: 'Change the numbering M1:' })).toBeVisible()
}

async function deleted(_: Page, api: ApiDouble): Promise<void> {
  api.delete('lan-9')
}

async function readOnly(page: Page, api: ApiDouble): Promise<void> {
  api.offer(profileOf('full', true))
  await page.reload()
  await see(page.getByRole('button', { name: 'Edit title' })).toHaveCount(0)
}

async function newMilestone(page: Page): Promise<void> {
  await page.keyboard.press('c')
  await page.getByRole('radio', { name: 'Milestone' }).check()
}

async function refusedBead(page: Page, api: ApiDouble): Promise<void> {
  const why = 'labels must have 1 to 255 characters'
  const detail = `The bead can not be stored: ${why}.`
  api.fail('POST /beads', 422, { code: 'bead_invalid', detail, mend: 'Correct the named field.', params: { why } })
  await page.keyboard.press('c')
  await page.getByLabel('Title').fill('A door bell')
  await page.getByRole('button', { name: 'Create bead' }).click()
}

async function refused(page: Page, api: ApiDouble): Promise<void> {
  api.fail('POST /dispatch', 409, refusal)
  await page.getByRole('button', { name: 'Move lan-9 to…' }).click()
  await page.getByRole('menuitem', { name: 'In progress' }).click()
}

async function startBlocked(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start an agent' }).click()
}

async function beadsOnly(page: Page, api: ApiDouble): Promise<void> {
  api.offer(profileOf('beads_only', false))
  await page.reload()
}

async function planned(page: Page, api: ApiDouble): Promise<void> {
  api.putManifest({ items: sampleHistory })
  await beadsOnly(page, api)
}

async function troubled(page: Page, api: ApiDouble): Promise<void> {
  const state = { path: '/data/session-manifest.jsonl', status: 'failed', why: 'The disk is full.', lost: 2 } as const
  api.putManifest({ state, warnings: [{ line: 4, kind: 'malformed', why: 'It is no entry.' }] })
  await planned(page, api)
  await page.getByText('One line could not be read').click()
}

async function emptied(page: Page, api: ApiDouble): Promise<void> {
  api.empty()
  await page.reload()
}

async function parked(_: Page, api: ApiDouble): Promise<void> {
  api.emit({ kind: 'bead.parked', bead: 'lan-9', why: 'it could not be started' })
}

async function gone(page: Page, api: ApiDouble): Promise<void> {
  await page.route('**/api/**', (route) => route.abort())
  api.drop()
}

async function signedOut(page: Page): Promise<void> {
  await page.context().clearCookies()
  await page.reload()
}

itLooksOver(bench, views)

describe('by keyboard alone', () => {
  const focusedText = () => bench.page.evaluate(() => document.activeElement?.textContent?.trim() ?? '')

  it('the first Tab skips to the content', async () => {
    await bench.signIn()
    await bench.page.keyboard.press('Tab')
    expect(await focusedText()).toBe('Skip to content')
    await bench.page.keyboard.press('Enter')
    await see(bench.page.locator('main')).toBeFocused()
  })

  it('a question is answered, and the focus stays with the questions', async () => {
    await bench.signIn('/inbox')
    const first = bench.page.locator('[data-escalation="escalation/lantern/s2/1"]')
    await bench.page.keyboard.press('j')
    await see(first).toBeFocused()
    while ((await focusedText()) !== 'Approve') await bench.page.keyboard.press('Tab')
    await bench.page.keyboard.press('Enter')
    await see(first).toContainText('Decided by mira (console), waiting for host local.')
    await see(bench.page.locator('[data-escalation]:focus, [data-escalation] :focus')).toHaveCount(1)
    const view = { ...bench.api.escalation('escalation/lantern/s2/1'), state: 'delivered' as const }
    bench.api.emit({ kind: 'escalation.changed', escalation: view })
    await see(bench.page.locator('.past')).toContainText('delivered')
    await see(bench.page.locator('[data-escalation]:focus, [data-escalation] :focus')).toHaveCount(1)
  })

  it.each([
    ['c', 'New bead'],
    ['?', 'Keyboard'],
    ['Control+k', 'Find anything'],
  ])('%s opens “%s”, and Escape gives the focus back to the card', async (key, title) => {
    await bench.signIn()
    const link = bench.card('lan-9').locator('a')
    await link.focus()
    await bench.page.keyboard.press(key)
    await see(bench.page.getByRole('dialog', { name: title })).toBeVisible()
    for (let step = 0; step < 30; step += 1) await bench.page.keyboard.press('Tab')
    await see(bench.page.locator(':focus:not(dialog):not(dialog *)')).toHaveCount(0)
    await bench.page.keyboard.press('Escape')
    await see(bench.page.getByRole('dialog')).toHaveCount(0)
    await see(link).toBeFocused()
  })

  it('what is removed hands the focus to its neighbour', async () => {
    await bench.signIn('/board/lan-3?tab=labels')
    const remove = bench.page.getByRole('button', { name: 'Remove label a11y' })
    await remove.focus()
    await bench.page.keyboard.press('Enter')
    await see(remove).toHaveCount(0)
    await see(bench.page.getByLabel('Add a label')).toBeFocused()
  })
})

it('says in live regions what happens elsewhere', async () => {
  await bench.signIn('/hosts')
  const polite = bench.page.locator('.toasts [aria-live="polite"]')
  const assertive = bench.page.locator('.toasts [aria-live="assertive"]')
  await see(polite).toHaveText('')
  bench.api.emit({ kind: 'bead.parked', bead: 'lan-9', why: 'it could not be started' })
  await see(polite).toContainText('lan-9 is parked')
  const asked = { ...bench.api.escalation('escalation/lantern/s2/1'), id: 'escalation/lantern/s2/9' }
  bench.api.emit({ kind: 'escalation.changed', escalation: asked })
  await see(assertive).toContainText('An agent asks')
})

it('moves nothing for people who asked for less motion', async () => {
  const page = await bench.open({ reducedMotion: 'reduce' })
  await bench.signIn('/board', page)
  await page.locator('[data-bead="lan-9"]').hover()
  const moving = () =>
    [...document.querySelectorAll('*')].filter((element) => {
      const { animationName, transitionDuration, transitionProperty } = getComputedStyle(element)
      return animationName !== 'none' || (transitionProperty !== 'none' && !/^0s(, 0s)*$/.test(transitionDuration))
    }).length
  expect(await page.evaluate(moving)).toBe(0)
  const still = await bench.open({ reducedMotion: 'no-preference' })
  await bench.signIn('/board', still)
  expect(await still.evaluate(moving)).toBeGreaterThan(0)
})

it('names every session’s state in a word', async () => {
  await bench.signIn('/sessions')
  const signs = bench.page.locator('.line .sign')
  await see(signs).toHaveCount(sampleSessions.length)
  for (const text of await signs.allTextContents()) expect(text.trim()).toMatch(/\w/)
})
