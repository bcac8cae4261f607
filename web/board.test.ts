/** The board and the bead panel in Chromium, against a double of the API. */
import { describe, expect, it } from 'vitest'
import { ConsoleBench, patience, see } from './testing/console-bench.ts'
import { sampleHosts } from './testing/sample.ts'

const bench = new ConsoleBench()

async function move(way: string, id: string, state: string, title: string): Promise<void> {
  if (way === 'by mouse') return bench.drag(id, state)
  if (way === 'from its panel') {
    if ((await bench.page.locator('aside').count()) === 0) await bench.card(id).locator('a').click()
    const lane = bench.page.locator('aside').getByLabel('Lane')
    await lane.focus()
    await lane.selectOption(state)
    return
  }
  if (way === 'by its menu') await bench.page.getByRole('button', { name: `Move ${id} to…` }).click()
  else {
    await bench.card(id).locator('a').focus()
    await bench.page.keyboard.press('m')
  }
  const item = bench.page.getByRole('menuitem', { name: title })
  if (way === 'by its menu') return item.click()
  while (!(await item.evaluate((element) => element === document.activeElement)))
    await bench.page.keyboard.press('ArrowDown')
  await bench.page.keyboard.press('Enter')
}

/** What has the focus again once a question about a move was turned away. */
function keptBy(way: string, id: string) {
  return way === 'from its panel' ? bench.page.locator('aside').getByLabel('Lane') : bench.card(id).locator('a')
}

describe('the board', () => {
  it('starts a bead that is dragged to In progress, and moves it only when the event comes', async () => {
    await bench.signIn()
    const start = bench.api.holdStarts()
    await bench.drag('lan-7', 'started')
    await see(bench.lane('unstarted').locator('[data-bead="lan-7"]')).toContainText('starting…')
    start()
    await see(bench.lane('started').locator('[data-bead="lan-7"]')).toContainText('scripted')
    expect(bench.api.changes).toEqual(['POST /dispatch'])
    expect(bench.page.url()).toBe(`${bench.api.url}/board`)
  })

  describe.each(['by mouse', 'by its menu', 'by keyboard', 'from its panel'] as const)('moved %s', (way) => {
    it('a blocked bead asks first, and starts when it is told to', async () => {
      await bench.signIn()
      await move(way, 'lan-8', 'started', 'In progress')
      const dialog = bench.page.getByRole('dialog')
      await see(dialog).toContainText('blocked by lan-5 “Queue for outgoing mail” (In progress)')
      await bench.page.keyboard.press('Escape')
      await see(dialog).toHaveCount(0)
      await see(bench.lane('unstarted').locator('[data-bead="lan-8"]')).not.toContainText('starting')
      if (way !== 'by mouse') await see(keptBy(way, 'lan-8')).toBeFocused()
      expect(bench.api.changes).toEqual(['POST /dispatch'])
      await move(way, 'lan-8', 'started', 'In progress')
      await bench.page.getByRole('button', { name: 'Start anyway' }).click()
      await see(bench.lane('started').locator('[data-bead="lan-8"]')).toBeVisible()
      expect(bench.api.changes).toEqual(['POST /dispatch', 'POST /dispatch', 'POST /dispatch'])
    })

    it('a bead that is worked asks whether to end its session, and stays when it is not', async () => {
      await bench.signIn()
      await move(way, 'lan-3', 'backlog', 'Backlog')
      const dialog = bench.page.getByRole('dialog')
      await see(dialog).toContainText('An agent is working on lan-3')
      await dialog.getByRole('button', { name: 'Leave as it is' }).click()
      await see(dialog).toHaveCount(0)
      await see(bench.lane('started').locator('[data-bead="lan-3"]')).toBeVisible()
      if (way !== 'by mouse') await see(keptBy(way, 'lan-3')).toBeFocused()
      expect(bench.api.changes).toEqual([])
      await move(way, 'lan-3', 'backlog', 'Backlog')
      await dialog.getByRole('button', { name: 'End session' }).click()
      await see(bench.lane('backlog').locator('[data-bead="lan-3"]')).toBeVisible()
      await expect.poll(() => bench.api.changes, patience).toEqual(['POST /sessions/s1/end', 'PATCH /beads/lan-3'])
    })
  })

  it('names every blocker of a bead in a line of its own', async () => {
    await bench.signIn()
    await move('by its menu', 'lan-13', 'started', 'In progress')
    const blockers = bench.page.getByRole('dialog').getByRole('listitem')
    await see(blockers).toHaveText([/^lan-7 “Send /, /^lan-9 “Opening /, /^lan-5 “Queue .* \(In progress\)$/])
  })

  it('says over which lane a drop does more than move', async () => {
    await bench.signIn()
    const from = await bench.card('lan-9').boundingBox()
    const to = await bench.lane('started').boundingBox()
    if (from === null || to === null) throw new Error('nothing to drag')
    await bench.page.mouse.move(from.x + 40, from.y + 40)
    await bench.page.mouse.down()
    await bench.page.mouse.move(to.x + 60, to.y + 300, { steps: 5 })
    await see(bench.lane('started').locator('header')).toContainText('starts an agent')
    await bench.page.keyboard.press('Escape')
    await see(bench.lane('started').locator('header')).not.toContainText('starts an agent')
    await bench.page.mouse.up()
    expect(bench.api.changes).toEqual([])
  })

  it('moves by keyboard alone', async () => {
    await bench.signIn()
    await bench.card('lan-9').locator('a').focus()
    await bench.page.keyboard.press('ArrowDown')
    await see(bench.card('lan-2').locator('a')).toBeFocused()
    await bench.page.keyboard.press('ArrowDown')
    await see(bench.card('lan-7').locator('a')).toBeFocused()
    await bench.page.keyboard.press('m')
    await see(bench.page.getByRole('menu', { name: 'Move lan-7 to' })).toBeVisible()
    await bench.page.keyboard.press('ArrowDown')
    await see(bench.page.getByRole('menuitem', { name: 'Staged' })).toBeFocused()
    await bench.page.keyboard.press('Enter')
    await see(bench.lane('staged').locator('[data-bead="lan-7"]')).toBeVisible()
    await see(bench.card('lan-7').locator('a')).toBeFocused()
    expect(bench.api.bead('lan-7').state).toBe('staged')
  })

  it('takes a refused move back and says why on the card, until it is moved again', async () => {
    const problem = { code: 'read_only', detail: 'This Beads source is read-only.', mend: 'Use `another`.' }
    bench.api.fail('PATCH /beads/lan-7', 403, problem)
    await bench.signIn()
    await bench.drag('lan-7', 'backlog')
    const refused = bench.lane('unstarted').locator('[data-bead="lan-7"]').getByRole('alert')
    await see(refused).toContainText('Stays in Next up. This Beads source is read-only.')
    await see(refused).toContainText('read_only')
    await see(bench.page.locator('.toasts')).not.toContainText('read_only')
    await refused.getByRole('button', { name: 'Dismiss' }).click()
    await see(refused).toHaveCount(0)
    bench.api.fail('PATCH /beads/lan-7', 403, problem)
    await bench.drag('lan-7', 'backlog')
    await see(refused).toBeVisible()
    await bench.drag('lan-7', 'backlog')
    await see(bench.lane('backlog').locator('[data-bead="lan-7"]')).toBeVisible()
    await see(bench.page.getByText('This Beads source is read-only.')).toHaveCount(0)
  })

  it('says beside the board why a bead is refused that is not on it', async () => {
    await bench.signIn('/board/lan-7')
    await bench.page.getByLabel('Search the board').fill('summer')
    await see(bench.card('lan-7')).toHaveCount(0)
    bench.api.fail('POST /dispatch', 409, { code: 'dispatch_full', detail: 'All 6 seats are taken.', mend: 'Wait.' })
    await bench.page.getByRole('button', { name: 'Start an agent' }).click()
    await see(bench.page.locator('.toasts')).toContainText('lan-7 stays in Next up')
    await see(bench.page.locator('aside').getByRole('alert')).toContainText('All 6 seats are taken.')
  })

  it('says on each card why it waits, and what closing it frees', async () => {
    await bench.signIn()
    const reason = (id: string) => bench.card(id).locator('[data-reason]')
    await see(reason('lan-9')).toHaveText('ready to start')
    await see(reason('lan-13')).toHaveText('blocked by lan-7, lan-9 and 1 more')
    await see(reason('lan-13')).toHaveAttribute('title', /^lan-7 Send the confirmation .* \(Next up\)/)
    await see(reason('lan-4')).toHaveText('waiting for an answer: Claude needs your permission to use Bash')
    await see(reason('lan-17')).toContainText('parked: the agent could not be started three times')
    await see(reason('lan-2')).toHaveText('0 of 2 done')
    await see(bench.card('lan-5')).toContainText('closing it frees lan-8')
    bench.api.emit({ kind: 'host.changed', host: { ...sampleHosts[0]!, status: 'offline' } })
    await see(reason('lan-4')).toHaveText('its host This machine is offline; the agent goes on when the host is back')
    bench.api.emit({ kind: 'host.changed', host: { ...sampleHosts[1]!, status: 'offline' } })
    await see(reason('lan-9')).toHaveText('ready, but no host is online')
  })

  it('closes with a reason by the menu', async () => {
    await bench.signIn()
    await bench.page.getByRole('button', { name: 'Move lan-10 to…' }).click()
    await bench.page.getByRole('menuitem', { name: 'Done' }).click()
    await bench.page.getByLabel('Reason').fill('No longer wanted')
    await bench.page.getByRole('button', { name: 'Close bead' }).click()
    await see(bench.lane('completed').locator('[data-bead="lan-10"]')).toBeVisible()
  })

  it('filters as one types, and says so where nothing is left', async () => {
    await bench.signIn()
    await see(bench.lane('unstarted').locator('[data-count]')).toHaveText('8')
    await bench.page.keyboard.press('/')
    await bench.page.keyboard.type('summer')
    await see(bench.lane('unstarted').locator('[data-count]')).toHaveText('1')
    await see(bench.lane('staged')).toContainText('Nothing here matches')
  })

  it('of an empty project says what a bead is, and takes the first one', async () => {
    bench.api.empty()
    await bench.signIn()
    await see(bench.page.getByRole('heading', { name: 'No beads yet' })).toBeVisible()
    await bench.page.getByRole('button', { name: 'Write the first bead' }).click()
    await bench.page.getByLabel('Title').fill('A door bell')
    await bench.page.getByRole('button', { name: 'Create bead' }).click()
    await see(bench.lane('unstarted')).toContainText('A door bell')
  })

  it('shows a hostile title as text', async () => {
    await bench.signIn()
    const title = '<img src=x onerror="window.hit=1">$(rm) {{ 7*7 }}'
    bench.api.emit({ kind: 'bead.changed', bead: { ...bench.api.bead('lan-9'), title, revision: 9 } })
    await see(bench.card('lan-9')).toContainText(title)
    expect(await bench.page.evaluate(() => 'hit' in window)).toBe(false)
  })

  it('unparks', async () => {
    await bench.signIn()
    await bench.page.getByRole('button', { name: 'Unpark lan-17' }).click()
    await see(bench.card('lan-17')).not.toContainText('parked')
  })

  it('makes a new bead', async () => {
    await bench.signIn()
    await bench.page.keyboard.press('c')
    await bench.page.getByLabel('Title').fill('A door bell')
    await bench.page.getByRole('button', { name: 'Create bead' }).click()
    await see(bench.page.locator('aside')).toContainText('A door bell')
    await see(bench.lane('unstarted')).toContainText('A door bell')
  })
})

describe('the bead panel', () => {
  it('shows both versions when the bead was changed meanwhile', async () => {
    await bench.signIn('/board/lan-9')
    await bench.page.getByRole('button', { name: 'Edit title' }).click()
    bench.api.put([{ ...bench.api.bead('lan-9'), title: 'What somebody else wrote', revision: 7 }])
    await bench.page.getByRole('textbox', { name: 'Title' }).fill('What I wrote')
    await bench.page.getByRole('button', { name: 'Save' }).click()
    await see(bench.page.getByRole('alert')).toContainText('What somebody else wrote')
    await bench.page.getByRole('button', { name: 'Write mine' }).click()
    await see(bench.card('lan-9')).toContainText('What I wrote')
    expect(bench.api.bead('lan-9').title).toBe('What I wrote')
  })

  it('opens by address, closes by Escape, and gives the focus back', async () => {
    await bench.signIn('/board/lan-9')
    await see(bench.page.locator('aside')).toContainText('Not markup')
    await bench.page.keyboard.press('Escape')
    await see(bench.page.locator('aside')).toHaveCount(0)
    await see(bench.card('lan-9').locator('a')).toBeFocused()
  })

  it('says nothing of how a bead stands before all lists are there', async () => {
    const held = Promise.withResolvers<void>()
    await bench.page.route('**/api/v1/sessions?**', async (route) => {
      await held.promise
      await route.continue()
    })
    await bench.page.goto(`${bench.api.url}/board/lan-2#token=${bench.api.token}`)
    const panel = bench.page.locator('aside')
    await see(panel).toContainText('Not markup')
    await see(panel).not.toContainText('nothing belongs to it yet')
    held.resolve()
    await see(panel).toContainText('0 of 2 done')
    await see(panel).not.toContainText('nothing belongs to it yet')
  })

  it('of an epic shows what belongs to it, and how that stands', async () => {
    bench.api.put([
      { ...bench.api.bead('lan-3'), parent: 'lan-2' },
      { ...bench.api.bead('lan-6'), parent: 'lan-2' },
    ])
    await bench.signIn('/board/lan-2')
    const section = bench.page.getByRole('region', { name: 'Beads that belong to it' })
    await see(section.getByRole('heading')).toHaveText('Belongs to it 1 of 4 done')
    await see(section.getByRole('listitem').first()).toHaveText(/lan-3.*A calendar that can be read aloud.*needs you/)
    await section.getByText('1 done', { exact: true }).click()
    await see(section.getByRole('link', { name: 'lan-6' })).toBeVisible()
    await section.getByRole('link', { name: 'lan-7' }).click()
    await see(bench.page.locator('aside')).toHaveAccessibleName('Bead lan-7')
  })

  it('of a done bead shows by whom, and what came of it', async () => {
    bench.api.put([{ ...bench.api.bead('lan-6'), assignee: 'gemba/s0' }])
    await bench.signIn('/board/lan-6')
    const panel = bench.page.locator('aside')
    await see(panel).toContainText(/Done by\s*scripted, in its session/)
    await see(panel.getByText('the bead was done; 3 files, 2 commits, 47.5K tokens')).toBeVisible()
  })

  it('says plainly that a bead does not exist', async () => {
    await bench.signIn('/board/lan-404')
    await see(bench.page.locator('aside')).toContainText('bead_not_found')
  })
})
