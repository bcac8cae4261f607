/** The board's layouts, filters and changes of many beads in Chromium, also with ten thousand beads. */
import { describe, expect, it } from 'vitest'
import { profileOf } from '../model/mode.ts'
import { searchText, wordsOf } from './src/domain/bead-filter.ts'
import { ConsoleBench, patience, see } from './testing/console-bench.ts'
import { minutesAgo, wholeProject } from './testing/sample.ts'

const bench = new ConsoleBench()
const many = 10_000
const mostNodes = 400

function layout(name: string) {
  return bench.page.getByRole('button', { name, exact: true }).click()
}

function row(id: string) {
  return bench.page.locator(`[data-row="${id}"]`)
}

function order(): Promise<string[]> {
  return bench.page.locator('[data-row]').evaluateAll((rows) => rows.map((one) => one.getAttribute('data-row') ?? ''))
}

const focused = () =>
  bench.page.evaluate(() => document.activeElement?.closest('[data-bead], [data-row]')?.getAttribute('data-row'))

describe('the layouts', () => {
  it('stand in the address, and are remembered by the browser', async () => {
    await bench.signIn()
    await see(bench.lane('started')).toBeVisible()
    await layout('Flat')
    await see(bench.page.getByRole('grid', { name: 'Beads' })).toBeVisible()
    await bench.page.getByLabel('Order by').selectOption('id')
    await expect.poll(() => bench.page.url(), patience).toMatch(/layout=flat.*order=id/)
    await bench.page.goto(`${bench.api.url}/board`)
    await see(bench.page.getByRole('grid')).toBeVisible()
    await see(bench.page.getByLabel('Order by')).toHaveValue('id')
    await bench.page.goto(`${bench.api.url}/board?layout=cascade`)
    await see(bench.page.getByRole('treegrid')).toBeVisible()
  })

  it.each(['flat', 'cascade'])('%s: the focus stays with a bead that moves within its list', async (name) => {
    await bench.signIn(`/board?layout=${name}&order=modified`)
    const bead = bench.page.locator('[data-bead="lan-10"]')
    await bead.locator('[data-card]').focus()
    const at = await bead.boundingBox()
    const moved = { ...bench.api.bead('lan-10'), modifiedAt: minutesAgo(-1), revision: 9 }
    bench.api.emit({ kind: 'bead.changed', bead: moved })
    await expect.poll(async () => (await bead.boundingBox())?.y ?? 0, patience).toBeLessThan(at?.y ?? 0)
    await see(bead.locator('[data-card]')).toBeFocused()
  })

  it('order as chosen, and the other way round', async () => {
    const at = (id: string, minutes: number) => ({
      ...bench.api.bead(id),
      modifiedAt: minutesAgo(minutes),
      revision: 3,
    })
    bench.api.put([at('lan-10', 1), at('lan-2', 2)])
    await bench.signIn('/board?layout=flat&order=modified')
    await see(row('lan-10')).toBeVisible()
    expect((await order()).slice(0, 2)).toEqual(['lan-10', 'lan-2'])
    bench.api.emit({ kind: 'bead.changed', bead: { ...at('lan-9', 0), revision: 4 } })
    await expect.poll(order, patience).toMatchObject({ 0: 'lan-9', 1: 'lan-10' })
    await bench.page.getByLabel('Order by').selectOption('id')
    await expect.poll(order, patience).toMatchObject({ 0: 'lan-1', 1: 'lan-2', 2: 'lan-3', 9: 'lan-10' })
    await bench.page.getByRole('button', { name: /turn the order round/ }).click()
    await expect.poll(order, patience).toMatchObject({ 0: 'lan-19' })
    await layout('Graph')
    await see(bench.page.locator('[data-node]').first()).toBeVisible()
    await see(bench.page.getByRole('group', { name: 'Order' })).toHaveCount(0)
    await layout('Flat')
    await expect.poll(order, patience).toMatchObject({ 0: 'lan-19' })
  })

  it.each([
    ['modified', ['lan-10', 'lan-9']],
    ['created', ['lan-9', 'lan-10']],
    ['edited', ['lan-10', 'lan-9']],
    ['id', ['lan-9', 'lan-10']],
  ])('cascade and lanes order by %s', async (by, wanted) => {
    const [nine, ten] = [bench.api.bead('lan-9'), bench.api.bead('lan-10')]
    bench.api.put([
      { ...nine, parent: null, createdAt: minutesAgo(5), updatedAt: minutesAgo(20), modifiedAt: minutesAgo(8) },
      { ...ten, parent: null, createdAt: minutesAgo(9), updatedAt: minutesAgo(10), modifiedAt: minutesAgo(7) },
    ])
    const both = async (selector: string) => {
      const found = bench.page.locator(`${selector} [data-bead]`)
      await see(found.filter({ hasText: 'lan-10' })).toBeVisible()
      const ids = await found.evaluateAll((all) => all.map((one) => one.getAttribute('data-bead') ?? ''))
      const tops = await found.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top))
      const seen = ids.map((id, at) => ({ id, top: tops[at] ?? 0 })).sort((a, b) => a.top - b.top)
      return seen.map(({ id }) => id).filter((id) => id === 'lan-9' || id === 'lan-10')
    }
    await bench.signIn(`/board?layout=cascade&order=${by}`)
    expect(await both('[data-rows]')).toEqual(wanted)
    await layout('Kanban')
    expect(await both('[data-lane="unstarted"]')).toEqual(wanted)
    await bench.page.getByRole('button', { name: /turn the order round/ }).click()
    await expect.poll(() => both('[data-lane="unstarted"]'), patience).toEqual(wanted.toReversed())
  })

  it('of the cascade fold and unfold by keyboard', async () => {
    await bench.signIn('/board?layout=cascade')
    await see(row('lan-7')).toHaveAttribute('aria-level', '3')
    await row('lan-1').locator('[data-card]').focus()
    await bench.page.keyboard.press('ArrowRight')
    await expect.poll(focused, patience).toBe('lan-2')
    await bench.page.keyboard.press('ArrowLeft')
    await see(row('lan-2')).toHaveAttribute('aria-expanded', 'false')
    await see(row('lan-7')).toHaveCount(0)
    await bench.page.keyboard.press('ArrowRight')
    await see(row('lan-7')).toBeVisible()
    await bench.page.keyboard.press('ArrowDown')
    await expect.poll(focused, patience).toBe('lan-7')
    await bench.page.keyboard.press('ArrowLeft')
    await expect.poll(focused, patience).toBe('lan-2')
    await bench.page.keyboard.press('End')
    await bench.page.keyboard.press('Home')
    await expect.poll(focused, patience).toBe('lan-1')
    await bench.page.keyboard.press('ArrowDown')
    await bench.page.keyboard.press('m')
    await see(bench.page.getByRole('menu', { name: 'Move lan-2 to' })).toBeVisible()
  })

  it('open a bead and keep how the board is looked at', async () => {
    await bench.signIn('/board?layout=flat&type=bug')
    await row('lan-9').locator('[data-card]').click()
    await see(bench.page.locator('aside')).toContainText('Opening hours')
    expect(bench.page.url()).toMatch(/layout=flat.*type=bug/)
    await bench.page.keyboard.press('Escape')
    await see(bench.page.locator('aside')).toHaveCount(0)
    await expect.poll(focused, patience).toBe('lan-9')
  })
})

describe('filters', () => {
  it('are chips, stand in the address, and are taken away again', async () => {
    await bench.signIn('/board?layout=flat')
    await bench.page.getByRole('button', { name: 'Filter' }).click()
    await bench.page.getByRole('group', { name: 'Conditions' }).getByLabel('Type').selectOption('bug')
    await see(bench.page.locator('[data-shown]')).toHaveText('3 of 19 beads')
    await bench.page.getByRole('group', { name: 'Conditions' }).getByLabel('Stands').selectOption('ready')
    await see(bench.page.locator('[data-shown]')).toHaveText('2 of 19 beads')
    await expect.poll(() => bench.page.url(), patience).toMatch(/is=ready.*type=bug/)
    await bench.page.getByRole('button', { name: 'Remove the condition Type: bug' }).click()
    await bench.page.getByRole('button', { name: 'Clear' }).click()
    await see(bench.page.locator('[data-shown]')).toHaveText('19 beads')
    await expect.poll(() => bench.page.url(), patience).not.toContain('is=ready')
  })

  it('make views that are saved, renamed and deleted', async () => {
    await bench.signIn('/board?layout=flat&label=booking')
    await bench.page.getByRole('button', { name: 'Views' }).click()
    const dialog = bench.page.getByRole('dialog', { name: 'Saved views' })
    await see(dialog).toContainText('No view is saved yet')
    await dialog.getByLabel('Save what is shown as').fill('Bookings')
    await dialog.getByRole('button', { name: 'Save view' }).click()
    await dialog.getByRole('button', { name: 'Rename Bookings' }).click()
    await dialog.getByLabel('New name').fill('All bookings')
    await dialog.getByRole('button', { name: 'Rename', exact: true }).click()
    await bench.page.goto(`${bench.api.url}/board?layout=kanban`)
    await bench.page.getByRole('button', { name: 'Views' }).click()
    await dialog.getByRole('button', { name: 'All bookings', exact: true }).click()
    await see(bench.page.locator('[data-shown]')).toHaveText('4 of 19 beads')
    await see(bench.page.getByRole('grid')).toBeVisible()
    await bench.page.getByRole('button', { name: 'Views' }).click()
    await dialog.getByRole('button', { name: 'Delete the view All bookings' }).click()
    await see(dialog).toContainText('No view is saved yet')
  })
})

describe('many beads together', () => {
  it('are selected by keyboard, changed, and changed back', async () => {
    await bench.signIn('/board?layout=flat&order=id')
    await row('lan-9').locator('[data-card]').focus()
    await bench.page.keyboard.press('x')
    await bench.page.keyboard.press('Shift+ArrowDown')
    const bar = bench.page.locator('[data-bulk]')
    await see(bar).toContainText('2 selected')
    await bar.getByRole('button', { name: 'Defer…' }).click()
    await bench.page.getByRole('dialog', { name: 'Defer 2 beads' }).getByLabel('Until').fill('2031-05-04')
    await bench.page.keyboard.press('Enter')
    const until = new Date(2031, 4, 4).toISOString().replace('.000', '')
    await see(row('lan-10')).toContainText('Backlog')
    const deferred = { status: 'deferred', deferUntil: until }
    await expect.poll(() => bench.api.bodies, patience).toEqual([deferred, deferred])
    await see(row('lan-9')).toContainText('Backlog')
    await bench.page.getByRole('button', { name: 'Undo' }).click()
    await see(row('lan-9')).toContainText('Next up')
    await see(row('lan-10')).toContainText('Next up')
    await expect.poll(() => bench.api.bead('lan-9'), patience).toMatchObject({ status: 'open', deferUntil: null })
    await bar.getByRole('button', { name: 'Edit…' }).click()
    await bar.getByLabel('Type').selectOption('feature')
    await bar.getByRole('combobox', { name: 'Parent' }).fill('lan-2')
    await bar.getByRole('button', { name: 'Change all' }).click()
    await expect.poll(() => bench.api.bead('lan-9'), patience).toMatchObject({ type: 'feature', parent: 'lan-2' })
    await bench.page.getByRole('button', { name: 'Undo' }).last().click()
    await expect.poll(() => bench.api.bead('lan-9'), patience).toMatchObject({ type: 'bug', parent: null })
    await expect.poll(() => bench.api.bead('lan-10'), patience).toMatchObject({ type: 'chore', parent: null })
    await bench.page.keyboard.press('Escape')
    await see(bar).toHaveCount(0)
  })

  it('say of each that stayed as it was why', async () => {
    await bench.signIn('/board?layout=flat&type=bug')
    await see(row('lan-9')).toBeVisible()
    await bench.page.keyboard.press('Control+a')
    const bar = bench.page.locator('[data-bulk]')
    await see(bar).toContainText('3 selected')
    const problem = { code: 'bead_in_session', detail: 'Bead lan-4 is worked by session s2.', mend: '' }
    bench.api.fail('PATCH /beads/lan-4', 409, problem)
    await bar.getByRole('button', { name: 'Edit…' }).click()
    await bar.getByLabel('Priority').selectOption('3')
    await bar.getByRole('button', { name: 'Change all' }).click()
    await see(bar.getByRole('alert')).toContainText('lan-4 Bead lan-4 is worked by session s2. (bead_in_session)')
    await see(row('lan-9')).toContainText('Low')
    await see(bench.page.locator('.toasts')).toContainText('Changed 2 beads')
  })

  it('are deleted only when their number is typed', async () => {
    await bench.signIn('/board?layout=flat')
    await row('lan-16').getByRole('checkbox').click()
    await row('lan-14')
      .getByRole('checkbox')
      .click({ modifiers: ['Shift'] })
    const bar = bench.page.locator('[data-bulk]')
    await see(bar).toContainText('3 selected')
    await bar.getByRole('button', { name: 'Delete…' }).click()
    const dialog = bench.page.getByRole('dialog')
    await see(dialog.getByRole('button', { name: 'Delete 3 beads' })).toBeDisabled()
    await dialog.getByRole('textbox').fill('3')
    await dialog.getByRole('button', { name: 'Delete 3 beads' }).click()
    await see(bench.page.locator('[data-shown]')).toHaveText('16 beads')
    expect(bench.api.changes.toSorted()).toEqual(['lan-14', 'lan-15', 'lan-16'].map((id) => `DELETE /beads/${id}`))
  })

  it('are not for those who may only read', async () => {
    bench.api.offer(profileOf('beads_only', true))
    await bench.signIn()
    await see(bench.page.getByRole('grid')).toBeVisible()
    await see(bench.page.getByRole('checkbox')).toHaveCount(0)
    await bench.page.keyboard.press('Control+a')
    await see(bench.page.locator('[data-bulk]')).toHaveCount(0)
  })

  it.each(['Flat', 'Cascade', 'Kanban', 'Graph'])(
    'are not moved by menu or key in %s by those who may only read',
    async (name) => {
      bench.api.offer(profileOf('beads_only', true))
      await bench.signIn()
      await layout(name)
      const card = bench.page.locator('[data-bead] [data-card]').first()
      await card.focus()
      await see(card).toBeFocused()
      await see(bench.page.getByRole('button', { name: /^Move .* to…/ })).toHaveCount(0)
      await bench.page.keyboard.press('m')
      await bench.page.keyboard.press('?')
      await see(bench.page.getByRole('dialog')).toBeVisible()
      await see(bench.page.getByRole('menu')).toHaveCount(0)
    },
  )
})

describe('in Beads-only mode', () => {
  it('the board begins as a list by the last change, and a move is an edit', async () => {
    bench.api.offer(profileOf('beads_only', false))
    await bench.signIn()
    await see(bench.page.getByRole('grid')).toBeVisible()
    await see(bench.page.getByLabel('Order by')).toHaveValue('modified')
    await layout('Kanban')
    await bench.drag('lan-7', 'started')
    await see(bench.lane('started').locator('[data-bead="lan-7"]')).toBeVisible()
    await expect.poll(() => bench.api.changes, patience).toEqual(['PATCH /beads/lan-7'])
    expect(bench.api.bead('lan-7').status).toBe('in_progress')
  })
})

/** Distances between the cards of a lane that follow each other, in pixels. */
function gaps(state: string): Promise<number[]> {
  return bench.lane(state).evaluate((lane) => {
    const items = [...lane.querySelectorAll('li')].filter((item) => item.getClientRects().length > 0)
    const boxes = items.map((item) => item.getBoundingClientRect())
    return boxes.slice(1).map(({ top }, before) => Math.round(top - (boxes[before]?.bottom ?? NaN)))
  })
}

describe('what is drawn for a filter in the place of something else', () => {
  const texts = ['number 3', 'number 31', 'number 3', 'area:1', '']

  it('is what was found, in its order', async () => {
    bench.api.replace(wholeProject(600))
    await bench.signIn('/board?layout=flat&order=id')
    for (const text of [...texts.slice(0, -1), 'big-41']) {
      await bench.page.getByLabel('Search the board').fill(text)
      const wanted = wholeProject(600)
        .filter((bead) => wordsOf(text).every((word) => searchText(bead).includes(word)))
        .map(({ id }) => id)
      await see(bench.page.locator('[data-shown]')).toHaveText(`${wanted.length} of 600 beads`)
      const shown = await order()
      expect(shown).toEqual(wanted.slice(0, shown.length))
      expect(shown.length).toBeGreaterThanOrEqual(Math.min(wanted.length, 10))
      const titles = await bench.page.getByRole('row').locator('[data-card]').allTextContents()
      expect(titles).toEqual(wanted.slice(0, titles.length).map((id) => expect.stringContaining(` ${id.slice(4)}: `)))
    }
  })

  it('stands close together in its lane, however high it is', async () => {
    bench.api.replace(wholeProject(600))
    await bench.signIn('/board?layout=kanban')
    for (const text of texts) {
      await bench.page.getByLabel('Search the board').fill(text)
      await see(bench.page.locator('[data-shown]')).toContainText(text === '' ? /^600 beads/ : 'of 600 beads')
      for (const state of ['unstarted', 'backlog', 'completed'])
        await expect.poll(async () => new Set(await gaps(state)), patience).toEqual(new Set([7]))
    }
  })

  it('takes the focus from no bead that is gone', async () => {
    bench.api.replace(wholeProject(600))
    await bench.signIn('/board?layout=flat&order=id')
    await row('big-2').locator('[data-card]').focus()
    bench.api.delete('big-2')
    await see(row('big-2')).toHaveCount(0)
    await see(row('big-1')).toBeVisible()
    expect(await focused()).toBeUndefined()
  })
})

describe('ten thousand beads', () => {
  it('draw at most 400 nodes in any layout, wherever one scrolls, and keep the focus', async () => {
    bench.api.replace(wholeProject(many))
    await bench.signIn('/board?order=id')
    await see(bench.page.locator('[data-shown]')).toHaveText('10,000 beads')
    for (const name of ['Kanban', 'Flat', 'Cascade']) {
      await layout(name)
      await see(bench.page.locator('[data-bead]').first()).toBeVisible()
      const box = name === 'Kanban' ? bench.lane('unstarted').locator('.scroll') : bench.page.locator('[data-rows]')
      for (const share of [0, 0.3, 0.8, 1]) {
        await box.evaluate((element, part) => element.scrollTo(0, element.scrollHeight * part), share)
        await see(bench.page.locator('[data-bead]').first()).toBeAttached()
        expect(await bench.page.locator('[data-bead]').count(), name).toBeLessThanOrEqual(mostNodes)
      }
    }
    await layout('Flat')
    await see(bench.page.getByRole('grid')).toHaveAttribute('aria-rowcount', String(many))
    await bench.page.locator('[data-rows]').evaluate((element) => element.scrollTo(0, 0))
    await row('big-0').locator('[data-card]').focus()
    await bench.page.keyboard.press('End')
    await expect.poll(focused, patience).toBe(`big-${many - 1}`)
    await see(row(`big-${many - 1}`)).toHaveAttribute('aria-rowindex', String(many))
    await bench.page.locator('[data-rows]').evaluate((element) => element.scrollTo(0, 0))
    await see(row('big-0')).toBeVisible()
    await expect.poll(focused, patience).toBe(`big-${many - 1}`)
  })

  it('are found by their words', async () => {
    bench.api.replace(wholeProject(many))
    await bench.signIn('/board?layout=flat')
    await bench.page.getByLabel('Search the board').fill('big-9999')
    await see(bench.page.locator('[data-shown]')).toHaveText('1 of 10,000 beads')
    await bench.page.keyboard.press('Control+k')
    await bench.page.keyboard.type('big-4242')
    await bench.page.keyboard.press('Enter')
    await expect.poll(() => bench.page.url(), patience).toContain('/board/big-4242')
  })

  it('are looked through in a thread of its own, by board and palette', async () => {
    bench.api.replace(wholeProject(many))
    await bench.signIn('/board?layout=flat')
    const shown = bench.page.locator('[data-shown]')
    const search = bench.page.getByLabel('Search the board')
    await search.fill('big-9999')
    await see(shown).toHaveText('1 of 10,000 beads')
    const threads = bench.page.workers()
    expect(threads.map((thread) => thread.url())).toEqual([expect.stringContaining('search-worker')])
    // From here on the thread keeps to itself what it finds.
    await threads[0]?.evaluate(() => {
      const answer = postMessage.bind(globalThis)
      const held: Parameters<typeof postMessage>[] = []
      Object.assign(globalThis, {
        postMessage: (...args: Parameters<typeof postMessage>) => held.push(args),
        release: () => held.forEach((args) => answer(...args)),
      })
    })
    await search.fill('big-999')
    await bench.page.keyboard.press('Control+k')
    await bench.page.keyboard.type('big-4242')
    const found = bench.page.getByRole('option', { name: /big-4242/ })
    await bench.page.waitForTimeout(300)
    await see(shown).toHaveText('1 of 10,000 beads')
    await see(found).toHaveCount(0)
    await threads[0]?.evaluate(() => (globalThis as unknown as { release(): void }).release())
    await see(found).toHaveCount(1)
    await see(shown).toHaveText('11 of 10,000 beads')
  })
})

it.each(['flat', 'cascade'])('%s: a row holds all that it says, also beside a panel', async (name) => {
  await bench.page.setViewportSize({ width: 1280, height: 800 })
  await bench.signIn(`/board?layout=${name}&panel=status`)
  await see(bench.page.locator('[data-project-panel]')).toBeVisible()
  const row = bench.page.locator('[data-row]').first()
  await see(row).toBeVisible()
  await expect
    .poll(async () => {
      const [outer, check, more] = await Promise.all(
        [row, row.getByRole('checkbox'), row.getByRole('button').last()].map((part) => part.boundingBox()),
      )
      if (outer == null || check == null || more == null) return 'not drawn'
      const last = Math.max(check.y + check.height, more.y + more.height)
      return last <= outer.y + outer.height + 1 ? 'inside' : `${last} below ${outer.y + outer.height}`
    }, patience)
    .toBe('inside')
})
