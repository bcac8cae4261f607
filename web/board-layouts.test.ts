/** The board's layouts in Chromium. */
import { describe, expect, it } from 'vitest'
import { profileOf } from '../model/mode.ts'
import { BoardBench } from './testing/board-bench.ts'
import { patience, see } from './testing/console-bench.ts'
import { minutesAgo } from './testing/sample.ts'

const bench = new BoardBench()

describe('the layouts', () => {
  it('stand in the address, and are remembered by the browser', async () => {
    await bench.signIn()
    await see(bench.lane('started')).toBeVisible()
    await bench.layout('Flat')
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
    await see(bench.row('lan-10')).toBeVisible()
    expect((await bench.order()).slice(0, 2)).toEqual(['lan-10', 'lan-2'])
    bench.api.emit({ kind: 'bead.changed', bead: { ...at('lan-9', 0), revision: 4 } })
    await expect.poll(() => bench.order(), patience).toMatchObject({ 0: 'lan-9', 1: 'lan-10' })
    await bench.page.getByLabel('Order by').selectOption('id')
    await expect.poll(() => bench.order(), patience).toMatchObject({ 0: 'lan-1', 1: 'lan-2', 2: 'lan-3', 9: 'lan-10' })
    await bench.page.getByRole('button', { name: /turn the order round/ }).click()
    await expect.poll(() => bench.order(), patience).toMatchObject({ 0: 'lan-19' })
    await bench.layout('Graph')
    await see(bench.page.locator('[data-node]').first()).toBeVisible()
    await see(bench.page.getByLabel('Order by')).toHaveValue('id')
    await bench.layout('Flat')
    await expect.poll(() => bench.order(), patience).toMatchObject({ 0: 'lan-19' })
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
    await bench.layout('Kanban')
    expect(await both('[data-lane="unstarted"]')).toEqual(wanted)
    await bench.page.getByRole('button', { name: /turn the order round/ }).click()
    await expect.poll(() => both('[data-lane="unstarted"]'), patience).toEqual(wanted.toReversed())
  })

  it('of the cascade fold and unfold by keyboard', async () => {
    await bench.signIn('/board?layout=cascade')
    await see(bench.row('lan-7')).toHaveAttribute('aria-level', '3')
    await bench.row('lan-1').locator('[data-card]').focus()
    await bench.page.keyboard.press('ArrowRight')
    await expect.poll(() => bench.focused(), patience).toBe('lan-2')
    await bench.page.keyboard.press('ArrowLeft')
    await see(bench.row('lan-2')).toHaveAttribute('aria-expanded', 'false')
    await see(bench.row('lan-7')).toHaveCount(0)
    await bench.page.keyboard.press('ArrowRight')
    await see(bench.row('lan-7')).toBeVisible()
    await bench.page.keyboard.press('ArrowDown')
    await expect.poll(() => bench.focused(), patience).toBe('lan-7')
    await bench.page.keyboard.press('ArrowLeft')
    await expect.poll(() => bench.focused(), patience).toBe('lan-2')
    await bench.page.keyboard.press('End')
    await bench.page.keyboard.press('Home')
    await expect.poll(() => bench.focused(), patience).toBe('lan-1')
    await bench.page.keyboard.press('ArrowDown')
    await bench.page.keyboard.press('m')
    await see(bench.page.getByRole('menu', { name: 'Move lan-2 to' })).toBeVisible()
  })

  it('open a bead and keep how the board is looked at', async () => {
    await bench.signIn('/board?layout=flat&type=bug')
    await bench.row('lan-9').locator('[data-card]').click()
    await see(bench.page.locator('aside')).toContainText('Opening hours')
    expect(bench.page.url()).toMatch(/layout=flat.*type=bug/)
    await bench.page.keyboard.press('Escape')
    await see(bench.page.locator('aside')).toHaveCount(0)
    await expect.poll(() => bench.focused(), patience).toBe('lan-9')
  })
})

describe('in Beads-only mode', () => {
  it('the board begins as a list by the last change, and a move is an edit', async () => {
    bench.api.offer(profileOf('beads_only', false))
    await bench.signIn()
    await see(bench.page.getByRole('grid')).toBeVisible()
    await see(bench.page.getByLabel('Order by')).toHaveValue('modified')
    await bench.layout('Kanban')
    await bench.drag('lan-7', 'started')
    await see(bench.lane('started').locator('[data-bead="lan-7"]')).toBeVisible()
    await expect.poll(() => bench.api.changes, patience).toEqual(['PATCH /beads/lan-7'])
    expect(bench.api.bead('lan-7').status).toBe('in_progress')
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
