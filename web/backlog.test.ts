/** The backlog in Chromium: what it lists, how it is sorted and refined, also with ten thousand beads. */
import { expect, it } from 'vitest'
import { profileOf } from '../model/mode.ts'
import { ConsoleBench, patience, see } from './testing/console-bench.ts'
import { wholeProject } from './testing/sample.ts'

const bench = new ConsoleBench()
const mostNodes = 400

function row(id: string) {
  return bench.page.locator(`[data-row="${id}"]`)
}

function part(name: string) {
  return bench.page.locator(`[data-part="${name}"]`)
}

function heading(name: string, priority: number) {
  const after = bench.page.locator(`[data-part="${name}"] ~ .heading[data-priority="${priority}"]`)
  return after.first()
}

const focused = () => bench.page.evaluate(() => document.activeElement?.closest('[data-row]')?.getAttribute('data-row'))

it('lists what is deferred and what lacks something, in words', async () => {
  await bench.signIn()
  await bench.page.keyboard.press('g')
  await bench.page.keyboard.press('k')
  await see(bench.page.getByRole('grid', { name: 'Backlog' })).toBeVisible()
  await see(part('deferred')).toContainText('Deferred3')
  await see(part('refine')).toContainText('To refine5')
  await see(row('lan-7')).toContainText('no acceptance')
  await see(row('lan-7')).toContainText('Booking by e-mail')
  await see(row('lan-7')).not.toContainText('no epic')
  await see(row('lan-9')).toContainText('no acceptanceno epic')
  await see(bench.page.locator('[data-row="lan-12"], [data-row="lan-2"], [data-row="lan-3"]')).toHaveCount(0)
  bench.api.emit({ kind: 'bead.changed', bead: { ...bench.api.bead('lan-7'), hasAcceptance: true, revision: 9 } })
  await see(row('lan-7')).toHaveCount(0)
})

it('says truly what nothing is left of: work in a milestone has no epic, and lacks none', async () => {
  const whole = { ...bench.api.bead('lan-9'), parent: 'lan-1', hasAcceptance: true }
  bench.api.replace([bench.api.bead('lan-1'), whole, { ...bench.api.bead('lan-10'), state: 'backlog' }])
  await bench.signIn('/backlog')
  const words = 'All open work is staged, or has a parent and says when it is done.'
  await see(bench.page.locator('.main')).toContainText(words)
  bench.api.delete('lan-10')
  await see(bench.page.getByText('The backlog is clear')).toBeVisible()
  await see(bench.page.locator('.main')).toContainText(`Nothing is deferred. ${words}`)
})

it('stages by key and button, opens again, and defers until a day; the focus goes on', async () => {
  await bench.signIn('/backlog')
  await row('lan-9').locator('[data-card]').focus()
  await bench.page.keyboard.press('s')
  await see(row('lan-9')).toHaveCount(0)
  await expect.poll(focused, patience).toBe('lan-7')
  await expect.poll(() => bench.api.bead('lan-9').state, patience).toBe('staged')
  await row('lan-7').getByRole('button', { name: 'Stage lan-7' }).click()
  await expect.poll(() => bench.api.bead('lan-7').state, patience).toBe('staged')
  const menu = bench.page.getByRole('menu')
  await row('lan-14').locator('[data-card]').focus()
  await bench.page.keyboard.press('m')
  await menu.getByRole('menuitem', { name: 'Open again' }).click()
  await see(part('refine')).toContainText('To refine4')
  await row('lan-10').getByRole('button', { name: 'Change lan-10…' }).click()
  await menu.getByRole('menuitem', { name: 'Defer until…' }).click()
  await bench.page.getByRole('dialog').getByLabel('Until').fill('2031-05-04')
  await bench.page.getByRole('button', { name: 'Defer', exact: true }).click()
  await see(row('lan-10')).toContainText('4 May 2031')
  await expect.poll(() => bench.api.bead('lan-10').status, patience).toBe('deferred')
})

it('changes the priority by drag, by keys and by menu, and says when that was refused', async () => {
  await bench.signIn('/backlog')
  const from = await row('lan-9').boundingBox()
  const to = await heading('refine', 4).boundingBox()
  if (from === null || to === null) throw new Error('nothing to drag')
  await bench.page.mouse.move(from.x + 60, from.y + 8)
  await bench.page.mouse.down()
  await bench.page.mouse.move(from.x + 70, from.y + 30, { steps: 3 })
  await bench.page.mouse.move(to.x + 200, to.y + 12, { steps: 6 })
  await see(heading('refine', 4)).toHaveClass(/over/)
  await bench.page.mouse.up()
  await see(row('lan-9')).toContainText('Lowest')
  await expect.poll(() => bench.api.bodies, patience).toEqual([{ priority: 4 }])
  await row('lan-9').locator('[data-card]').focus()
  await bench.page.keyboard.press('+')
  await see(row('lan-9')).toContainText('Low')
  await expect.poll(() => bench.api.bead('lan-9').priority, patience).toBe(3)
  await expect.poll(focused, patience).toBe('lan-9')
  await bench.page.keyboard.press('m')
  await bench.page.getByRole('menuitem', { name: 'Critical' }).click()
  await expect.poll(() => bench.api.bead('lan-9').priority, patience).toBe(0)
  bench.api.fail('PATCH /beads/lan-9', 409, { code: 'bead_in_session', detail: 'It is worked on.', mend: '' })
  await row('lan-9').locator('[data-card]').focus()
  await bench.page.keyboard.press('-')
  await see(bench.page.locator('.toasts')).toContainText('lan-9 stays as it was')
  await see(row('lan-9')).toContainText('Critical')
})

/** Gives the bead with the focus, lan-9, the next lower priority, and waits until it is seen. */
async function lower(priority: number, word: string): Promise<void> {
  await bench.page.keyboard.press('-')
  await expect.poll(() => bench.api.bead('lan-9').priority, patience).toBe(priority)
  await see(row('lan-9')).toContainText(word)
}

it('keeps the focus on a bead that its priority moves down', async () => {
  await bench.signIn('/backlog')
  await row('lan-9').locator('[data-card]').focus()
  for (const [priority, word] of [
    [1, 'High'],
    [2, 'Medium'],
  ] as const) {
    await lower(priority, word)
    await expect.poll(focused, patience).toBe('lan-9')
  }
})

it('has its lines one below the other, also after a bead has gone to another priority', async () => {
  /** After the next painting: the lines, from the top, whose end lies below the beginning of the next. */
  const overlapping = () =>
    bench.page.evaluate(async () => {
      for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame)
      const lines = [...document.querySelectorAll('[data-rows] .placed')].map((line) => line.getBoundingClientRect())
      const sorted = lines.sort((a, b) => a.top - b.top)
      return sorted.filter(({ bottom }, at) => bottom > (sorted[at + 1]?.top ?? Infinity) + 0.5).map(({ top }) => top)
    })
  await bench.signIn('/backlog')
  await row('lan-9').locator('[data-card]').focus()
  for (const [priority, word] of [
    [1, 'High'],
    [2, 'Medium'],
    [3, 'Low'],
  ] as const) {
    await lower(priority, word)
    expect(await overlapping()).toEqual([])
  }
})

it('is edited in its row, only while nobody else wrote, and a clash is chosen', async () => {
  await bench.signIn('/backlog')
  await row('lan-9').locator('[data-card]').focus()
  await bench.page.keyboard.press('e')
  const form = bench.page.getByRole('form', { name: 'Edit lan-9' })
  await see(form.getByLabel('Title')).toBeFocused()
  await form.getByLabel('Parent').fill('lan-2')
  await form.getByLabel('Type').selectOption('task')
  await form.getByLabel('Title').fill('Hours in summer')
  bench.api.put([{ ...bench.api.bead('lan-9'), title: 'Theirs', revision: 7 }])
  await form.getByRole('button', { name: 'Save' }).click()
  const clash = form.getByRole('alert')
  await see(clash).toContainText('This bead was changed meanwhile')
  await see(clash).toContainText('Theirs')
  await clash.getByRole('button', { name: 'Write mine' }).click()
  await see(form).toHaveCount(0)
  await see(row('lan-9')).toContainText('Hours in summer')
  await see(row('lan-9')).toContainText('Booking by e-mail')
  await expect.poll(focused, patience).toBe('lan-9')
  expect(bench.api.bodies.at(-1)).toEqual({ title: 'Hours in summer', type: 'task', parent: 'lan-2' })
  await row('lan-9').getByRole('button', { name: 'Edit lan-9' }).click()
  await form.getByLabel('Title').fill('Hours in winter')
  const shown = { ...bench.api.bead('lan-9'), title: 'Theirs again', revision: 20 }
  bench.api.put([shown])
  bench.api.emit({ kind: 'bead.changed', bead: shown })
  await see(bench.page.locator('[data-bead="lan-9"]')).toBeVisible()
  await form.getByRole('button', { name: 'Save' }).click()
  await see(clash).toContainText('Theirs again')
  await clash.getByRole('button', { name: 'Keep what is there' }).click()
  await see(row('lan-9')).toContainText('Theirs again')
  await row('lan-9').getByRole('button', { name: 'Edit lan-9' }).click()
  await form.getByLabel('Acceptance').fill('The clock is right')
  await form.getByRole('button', { name: 'Save' }).click()
  await see(row('lan-9')).toHaveCount(0)
  await expect.poll(() => bench.api.bodies.at(-1), patience).toEqual({ acceptance: 'The clock is right' })
})

it('is selected and changed together, opens beside the table, and is empty in words', async () => {
  await bench.signIn('/backlog')
  await row('lan-9').locator('[data-card]').focus()
  await bench.page.keyboard.press('x')
  await bench.page.keyboard.press('Shift+ArrowDown')
  const bar = bench.page.locator('[data-bulk]')
  await see(bar).toContainText('2 selected')
  await bar.getByRole('button', { name: 'Defer…' }).click()
  await bench.page.getByRole('dialog').getByRole('button', { name: 'Defer without a day' }).click()
  await see(part('deferred')).toContainText('Deferred5')
  await bench.page.keyboard.press('Escape')
  await row('lan-16').locator('[data-card]').click()
  await see(bench.page.locator('aside')).toContainText('Translate the imprint')
  expect(bench.page.url()).toContain('/backlog/lan-16')
  await bench.page.keyboard.press('Escape')
  await see(bench.page.locator('aside')).toHaveCount(0)
  bench.api.replace([
    { ...bench.api.bead('lan-9'), parent: 'lan-2', status: 'open', state: 'unstarted', hasAcceptance: true },
  ])
  await bench.page.goto(`${bench.api.url}/backlog`)
  await see(bench.page.getByRole('heading', { name: 'The backlog is clear' })).toBeVisible()
})

it('has no controls for those who may only read', async () => {
  bench.api.offer(profileOf('beads_only', true))
  await bench.signIn('/backlog')
  await see(row('lan-9')).toBeVisible()
  await see(bench.page.getByRole('grid').getByRole('button')).toHaveCount(0)
  await see(bench.page.getByRole('checkbox')).toHaveCount(0)
  await row('lan-9').locator('[data-card]').focus()
  await bench.page.keyboard.press('s')
  await bench.page.keyboard.press('e')
  await see(bench.page.getByRole('form')).toHaveCount(0)
  expect(bench.api.changes).toEqual([])
})

it('draws few of ten thousand beads', async () => {
  bench.api.replace(wholeProject(10_000))
  await bench.signIn('/backlog')
  await see(part('deferred')).toContainText('Deferred2000')
  for (const share of [0, 0.5, 1]) {
    await bench.page.locator('[data-rows]').evaluate((box, at) => box.scrollTo(0, box.scrollHeight * at), share)
    await see(bench.page.locator('[data-bead]').first()).toBeAttached()
    expect(await bench.page.locator('[data-bead]').count()).toBeLessThanOrEqual(mostNodes)
  }
})

it.each([390, 760, 1100, 1440])('says at a width of %i what each bead is called and lacks', async (width) => {
  const page = await bench.open({ viewport: { width, height: 1400 } })
  await bench.signIn('/backlog', page)
  const title = page.locator('[data-row="lan-7"] .name')
  await see(title).toBeInViewport({ ratio: 1 })
  expect((await title.boundingBox())?.width).toBeGreaterThan(200)
  await see(page.locator('[data-row="lan-7"] .missing')).toBeInViewport({ ratio: 1 })
  expect(await page.locator('[data-row="lan-7"] .missing').evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0)
})
