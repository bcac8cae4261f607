/** The board as a graph in Chromium. */
import { expect, it } from 'vitest'
import { ConsoleBench, patience, see } from './testing/console-bench.ts'
import { makeBead, minutesAgo, wholeProject } from './testing/sample.ts'

const bench = new ConsoleBench()
const node = (id: string) => bench.page.locator(`[data-node="${id}"]`)
const focused = () =>
  bench.page.evaluate(() => document.activeElement?.closest('[data-node]')?.getAttribute('data-node'))

it('draws the beads around one, is walked by keyboard, and opens a bead', async () => {
  await bench.signIn('/board?layout=graph&around=lan-8')
  await see(node('lan-5')).toBeVisible()
  await see(bench.page.locator('[data-edge="lan-5 blocks lan-8"]')).toBeAttached()
  await see(node('lan-8')).toContainText('blocked')
  await node('lan-5').locator('[data-card]').focus()
  await bench.page.keyboard.press('ArrowRight')
  await expect.poll(focused, patience).toBe('lan-8')
  await bench.page.keyboard.press('ArrowLeft')
  await expect.poll(focused, patience).toMatch(/lan-[25]/)
  await bench.page.keyboard.press('Enter')
  await see(bench.page.locator('aside')).toBeVisible()
  const { pathname, searchParams } = new URL(bench.page.url())
  expect(pathname).toMatch(/^\/board\/lan-[25]$/)
  expect(Object.fromEntries(searchParams)).toEqual({ around: 'lan-8', layout: 'graph' })
})

it('is the whole project by its wrappers, which unfold', async () => {
  await bench.signIn('/board?layout=graph')
  await bench.page.getByRole('button', { name: 'Whole project' }).click()
  await see(node('lan-2')).toContainText('0 of 2 beads done')
  await see(node('lan-7')).toHaveCount(0)
  await bench.page.getByRole('button', { name: 'Show the beads of lan-2' }).click()
  await see(node('lan-7')).toBeVisible()
})

it('is the same as a list, with hostile titles as text', async () => {
  const title = '<img src=x onerror="document.title=1"> --help'
  bench.api.replace([makeBead('x-1', title, { blocks: ['x-2'] }), makeBead('x-2', 'Two', { blockedBy: ['x-1'] })])
  await bench.signIn('/board?layout=graph')
  await see(node('x-1')).toContainText(title)
  await bench.page.getByRole('button', { name: 'As a list' }).click()
  const list = bench.page.locator('[data-graph-list]')
  await see(list).toContainText('waits for x-1')
  await see(list).toContainText(title)
})

it('is drawn and listed in the order of the board, which turns round', async () => {
  const waiting = ['x-10', 'x-2', 'x-3']
  bench.api.replace([
    makeBead('x-1', 'One', { blocks: waiting, createdAt: minutesAgo(900) }),
    ...waiting.map((id, at) => makeBead(id, `Waits ${id}`, { blockedBy: ['x-1'], createdAt: minutesAgo(800 - at) })),
  ])
  await bench.signIn('/board?layout=graph&around=x-1&order=id')
  const fromTop = async (): Promise<string[]> => {
    const places = await bench.page
      .locator('[data-node]')
      .evaluateAll((all) =>
        all.map((one) => ({ id: one.getAttribute('data-node') ?? '', top: one.getBoundingClientRect().top })),
      )
    return places
      .filter(({ id }) => id !== 'x-1')
      .sort((a, b) => a.top - b.top)
      .map(({ id }) => id)
  }
  await expect.poll(fromTop, patience).toEqual(['x-2', 'x-3', 'x-10'])
  await bench.page.getByRole('button', { name: /turn the order round/ }).click()
  await expect.poll(fromTop, patience).toEqual(['x-10', 'x-3', 'x-2'])
  await bench.page.getByLabel('Order by').selectOption('Created')
  await expect.poll(fromTop, patience).toEqual(['x-3', 'x-2', 'x-10'])
  await bench.page.getByRole('button', { name: 'As a list' }).click()
  await see(bench.page.locator('[data-graph-list]')).toBeVisible()
  await expect.poll(fromTop, patience).toEqual(['x-3', 'x-2', 'x-10'])
})

it('draws at most 150 of ten thousand beads, and tells how many it leaves out', async () => {
  bench.api.replace(wholeProject(10_000))
  await bench.signIn('/board?layout=graph&around=big-0')
  await see(bench.page.locator('[data-graph-said]')).toContainText('left out')
  await see(node('big-0')).toBeVisible()
  expect(await bench.page.locator('[data-node]').count()).toBeLessThanOrEqual(150)
})

it('folds a big project into its milestones, and unfolds one into its epics', async () => {
  bench.api.replace(wholeProject(10_000))
  await bench.signIn('/board?layout=graph&scope=project')
  await see(node('big-3')).toContainText('of 989 beads done')
  expect(await bench.page.locator('[data-node]').count()).toBe(10)
  await see(bench.page.locator('[data-graph-said]')).toContainText('100 epics folded into what they belong to')
  await bench.page.getByRole('button', { name: 'Show the beads of big-3' }).click()
  await see(node('big-13')).toContainText(/of 9\d beads done/)
  expect(await bench.page.locator('[data-node]').count()).toBe(20)
  await see(node('big-3')).toBeInViewport()
})

it('is laid out where it can be stopped: the list is there at once, and the drawing may begin again', async () => {
  await bench.page.route(/layout-worker/, () => undefined)
  await bench.signIn('/board?layout=graph&around=lan-8')
  const progress = bench.page.locator('[data-graph-progress]')
  await see(progress).toContainText(/Laying out \d+ beads and \d+ arrows/)
  await see(progress).toContainText('1 s')
  await progress.getByRole('button', { name: 'Stop' }).click()
  await see(bench.page.locator('[data-graph-list]')).toContainText('waits for')
  await bench.page.unrouteAll()
  await bench.page.getByRole('button', { name: 'Draw it' }).click()
  await see(bench.page.locator('[data-graph] [data-node="lan-8"]')).toBeVisible()
})
