/** What the board shows for a filter, also of ten thousand beads, in Chromium. */
import { describe, expect, it } from 'vitest'
import { searchText, wordsOf } from './src/domain/bead-filter.ts'
import { BoardBench } from './testing/board-bench.ts'
import { patience, see } from './testing/console-bench.ts'
import { makeBead, wholeProject } from './testing/sample.ts'

const bench = new BoardBench()
const many = 10_000
const mostNodes = 400

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

/** Distances between the cards of a lane that follow each other, in pixels. */
function gaps(state: string): Promise<number[]> {
  return bench.lane(state).evaluate((lane) => {
    const items = [...lane.querySelectorAll('li')].filter((item) => item.getClientRects().length > 0)
    const boxes = items.map((item) => item.getBoundingClientRect())
    return boxes.slice(1).map(({ top }, before) => Math.round(top - (boxes[before]?.bottom ?? NaN)))
  })
}

/** Rows of the cascade that lack a part, or have one too many. */
function brokenRows(): Promise<string[]> {
  return bench.page.getByRole('row').evaluateAll((rows) =>
    rows.flatMap((row) => {
      const unfolds = row.hasAttribute('aria-expanded')
      const isBead = row.hasAttribute('data-bead')
      const has = (selector: string): number => row.querySelectorAll(selector).length
      const right =
        has('button.fold') === Number(unfolds) &&
        has('span.fold') === Number(!unfolds) &&
        has('a[data-card]') === Number(isBead) &&
        has('[data-part="state"]') === Number(isBead) &&
        (row.querySelector('[data-card]')?.textContent ?? '') !== ''
      return right ? [] : [row.outerHTML.slice(0, 300)]
    }),
  )
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
      const shown = await bench.order()
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

  it('leaves no gap where the card with the focus went to another lane', async () => {
    await bench.signIn('/board?layout=kanban&order=id')
    const ids = await bench.lane('unstarted').locator('[data-bead]').evaluateAll((all) => all.map((one) => one.getAttribute('data-bead'))) // prettier-ignore
    const second = ids[1] ?? ''
    await bench.lane('unstarted').locator(`[data-bead="${second}"] [data-card]`).focus()
    bench.api.emit({
      kind: 'bead.changed',
      bead: { ...bench.api.bead(second), status: 'closed', state: 'completed', revision: 9 },
    })
    await see(bench.lane('completed').locator(`[data-bead="${second}"]`)).toBeVisible()
    for (const state of ['unstarted', 'completed'])
      await expect.poll(async () => new Set(await gaps(state)), patience).toEqual(new Set([7]))
  })

  it('is a whole row of the cascade, whatever stood there: a heading, what unfolds, or what does not', async () => {
    const plan = Array.from({ length: 60 }, (_, at) => {
      const type = at % 6 === 0 ? 'milestone' : at % 6 === 1 ? 'epic' : 'task'
      const parent = at % 6 === 0 ? null : `p-${at % 6 > 3 ? at - (at % 6) + 1 : at - (at % 6)}`
      return makeBead(`p-${at}`, `Part ${at}${at % 12 < 6 ? ' of the odd plan' : ''}`, { type, parent })
    })
    bench.api.replace(plan)
    await bench.signIn('/board?layout=cascade&order=id')
    await see(bench.page.getByRole('button', { name: 'Fold No epic' }).first()).toBeVisible()
    for (const text of ['odd', 'part 1', 'part 40', 'odd', 'part', '']) {
      await bench.page.getByLabel('Search the board').fill(text)
      await see(bench.page.locator('[data-shown]')).toContainText(
        text === '' || text === 'part' ? /^60 beads/ : 'of 60 beads',
      )
      await expect.poll(brokenRows, patience).toEqual([])
    }
    const box = bench.page.locator('[data-rows]')
    for (const share of [0.3, 0.6, 1, 0]) {
      await box.evaluate((element, part) => element.scrollTo(0, element.scrollHeight * part), share)
      await expect.poll(brokenRows, patience).toEqual([])
    }
  })

  it('says nothing any more of what stood there before', async () => {
    const long = 'a title that is far too long for the line in which it stands, '.repeat(6)
    bench.api.replace(
      Array.from({ length: 40 }, (_, at) => makeBead(`x-${at}`, `${at % 2 ? 'Odd' : 'Even'} ${at} ${long}`)),
    )
    await bench.signIn('/board?layout=flat&order=id')
    await bench.row('x-0').locator('[data-card]').hover()
    await see(bench.row('x-0').locator('[data-card]')).toHaveAttribute('title', `Even 0 ${long}`)
    await bench.page.getByLabel('Search the board').fill('odd')
    await see(bench.row('x-1')).toBeVisible()
    const titles = bench.page.locator('[data-card][title]')
    await expect
      .poll(() =>
        titles.evaluateAll((all) => all.filter((one) => one.getAttribute('title') !== one.textContent).length),
      )
      .toBe(0)
  })

  it('is what is found now, when a bead changes under a filter', async () => {
    await bench.signIn('/board?layout=flat')
    await bench.page.getByLabel('Search the board').fill('heliotrope')
    await see(bench.page.locator('[data-shown]')).toContainText(/^0 of/)
    const named = (title: string, revision: number) =>
      bench.api.emit({ kind: 'bead.changed', bead: { ...bench.api.bead('lan-10'), title, revision } })
    named('A heliotrope door', 7)
    await see(bench.row('lan-10')).toBeVisible()
    named('A plain door', 8)
    await see(bench.page.locator('[data-shown]')).toContainText(/^0 of/)
    named('Another heliotrope', 9)
    await see(bench.row('lan-10')).toContainText('Another heliotrope')
  })

  it('takes the focus from no bead that is gone', async () => {
    bench.api.replace(wholeProject(600))
    await bench.signIn('/board?layout=flat&order=id')
    await bench.row('big-2').locator('[data-card]').focus()
    bench.api.delete('big-2')
    await see(bench.row('big-2')).toHaveCount(0)
    await see(bench.row('big-1')).toBeVisible()
    expect(await bench.focused()).toBeUndefined()
  })
})

describe('ten thousand beads', () => {
  it('draw at most 400 nodes in any layout, wherever one scrolls, and keep the focus', async () => {
    bench.api.replace(wholeProject(many))
    await bench.signIn('/board?order=id')
    await see(bench.page.locator('[data-shown]')).toHaveText('10,000 beads')
    for (const name of ['Kanban', 'Flat', 'Cascade']) {
      await bench.layout(name)
      await see(bench.page.locator('[data-bead]').first()).toBeVisible()
      const box = name === 'Kanban' ? bench.lane('unstarted').locator('.scroll') : bench.page.locator('[data-rows]')
      for (const share of [0, 0.3, 0.8, 1]) {
        await box.evaluate((element, part) => element.scrollTo(0, element.scrollHeight * part), share)
        await see(bench.page.locator('[data-bead]').first()).toBeAttached()
        expect(await bench.page.locator('[data-bead]').count(), name).toBeLessThanOrEqual(mostNodes)
      }
    }
    await bench.layout('Flat')
    await see(bench.page.getByRole('grid')).toHaveAttribute('aria-rowcount', String(many))
    await bench.page.locator('[data-rows]').evaluate((element) => element.scrollTo(0, 0))
    await bench.row('big-0').locator('[data-card]').focus()
    await bench.page.keyboard.press('End')
    await expect.poll(() => bench.focused(), patience).toBe(`big-${many - 1}`)
    await see(bench.row(`big-${many - 1}`)).toHaveAttribute('aria-rowindex', String(many))
    await bench.page.locator('[data-rows]').evaluate((element) => element.scrollTo(0, 0))
    await see(bench.row('big-0')).toBeVisible()
    await expect.poll(() => bench.focused(), patience).toBe(`big-${many - 1}`)
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
