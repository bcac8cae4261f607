/** Dragging beyond what is seen, in Chromium: lists scroll while a card is held at their edge. */
import type { Locator } from '@playwright/test'
import { expect, it } from 'vitest'
import { profileOf } from '../model/mode.ts'
import { ConsoleBench, patience, see } from './testing/console-bench.ts'
import { wholeProject } from './testing/sample.ts'

const bench = new ConsoleBench()

async function boxOf(of: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await of.boundingBox()
  if (box === null) throw new Error('it is not drawn')
  return box
}

async function lift(card: Locator): Promise<void> {
  const { x, y } = await boxOf(card)
  await bench.page.mouse.move(x + 60, y + 8)
  await bench.page.mouse.down()
  await bench.page.mouse.move(x + 75, y + 30, { steps: 3 })
}

const isAtEnd = (of: Locator) => of.evaluate((box) => box.scrollTop + box.clientHeight >= box.scrollHeight - 1)
const scrolled = (of: Locator) => of.evaluate((box) => box.scrollTop)

/** Some frames later. */
const frames = () =>
  bench.page.evaluate(async () => {
    for (let frame = 0; frame < 6; frame += 1) await new Promise(requestAnimationFrame)
  })

it('a lane scrolls down at its lower edge, up at its heading, and not in its middle', async () => {
  bench.api.replace(wholeProject(600))
  await bench.signIn('/board?layout=kanban')
  const lane = bench.lane('unstarted').locator('.scroll')
  const { x, y, width, height } = await boxOf(lane)
  const card = lane.locator('[data-bead]').first()
  await lift(card)
  await bench.page.mouse.move(x + width / 2, y + height - 4, { steps: 4 })
  await expect.poll(() => scrolled(lane), patience).toBeGreaterThan(900)
  await see(lane.locator('.dragged')).toBeAttached()
  await bench.page.mouse.move(x + width / 2, y + height / 2)
  await frames()
  const rest = await scrolled(lane)
  await frames()
  expect(await scrolled(lane)).toBe(rest)
  await bench.page.mouse.move(x + width / 2, y - 20)
  await expect.poll(() => scrolled(lane), patience).toBe(0)
  await bench.page.keyboard.press('Escape')
  await bench.page.mouse.up()
  expect(bench.api.changes).toEqual([])
})

it('the board scrolls to a lane that was out of sight, and the card is dropped there', async () => {
  bench.api.offer(profileOf('beads_only', false))
  await bench.page.setViewportSize({ width: 780, height: 800 })
  await bench.signIn('/board?layout=kanban')
  const board = bench.page.locator('[data-lanes]')
  await bench.lane('staged').evaluate((lane) => lane.scrollIntoView({ inline: 'start', behavior: 'instant' }))
  const hidden = bench.lane('unstarted')
  await see(hidden).not.toBeInViewport()
  const { x, y } = await boxOf(board)
  await lift(bench.card('lan-12'))
  await bench.page.mouse.move(x + 6, y + 300, { steps: 5 })
  await expect.poll(() => board.evaluate((box) => box.scrollLeft), patience).toBe(0)
  const backlog = await boxOf(bench.lane('backlog'))
  await bench.page.mouse.move(backlog.x + backlog.width / 2, backlog.y + 120, { steps: 4 })
  await bench.page.mouse.up()
  await see(bench.lane('backlog').locator('[data-bead="lan-12"]')).toBeAttached()
  await expect.poll(() => bench.api.bead('lan-12').status, patience).toBe('deferred')
})

it('the backlog scrolls to a priority that was out of sight', async () => {
  bench.api.replace(wholeProject(300))
  await bench.signIn('/backlog')
  const rows = bench.page.locator('[data-rows]')
  const { x, y, width, height } = await boxOf(rows)
  const id = await rows.locator('[data-row]').first().getAttribute('data-row')
  await lift(rows.locator('[data-row]').first())
  await bench.page.mouse.move(x + width / 2, y + height - 4, { steps: 4 })
  await expect.poll(() => isAtEnd(rows), patience).toBe(true)
  await rows
    .locator('.heading[data-priority="4"]')
    .last()
    .hover({ position: { x: 300, y: 10 } })
  await bench.page.mouse.up()
  await expect.poll(() => bench.api.bodies, patience).toEqual([{ priority: 4 }])
  expect(bench.api.changes).toEqual([`PATCH /beads/${id}`])
})
