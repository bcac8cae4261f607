/** What the console of Beads-only mode says is whole and true, in a real browser (seed 001, 2 and 5). */
import { expect, it } from 'vitest'
import { freePort } from '../../runtime/free-port.ts'
import { BeadsOnlyBench, goTo, panelOf, see } from './beads-only-bench.ts'
import { startBeadsOnly } from './running-beads-only.ts'

const bench = new BeadsOnlyBench()
const long = 'A title that goes on and on, as titles do that were pasted from elsewhere, '.repeat(5).trim()

it('the graph cuts a long title where it says so, and counts beads as beads', async () => {
  const { running, page } = await bench.begin()
  const milestone = await running.api.create({ title: long, type: 'milestone' })
  const epic = await running.api.create({ title: 'Epic', type: 'epic', parent: milestone.id })
  for (const title of ['One', 'Two']) await running.api.create({ title, parent: epic.id })
  const empty = await running.api.create({ title: 'Later', type: 'milestone' })
  await goTo(page, '/board?layout=graph&scope=project')
  const title = page.locator(`[data-node="${milestone.id}"] .title`)
  await see(title).toBeVisible()
  const lines = await title.evaluate(
    (element) => element.clientHeight / Number.parseFloat(getComputedStyle(element).lineHeight),
  )
  expect(Math.round(lines * 10) / 10).toBe(2)
  await see(page.locator(`[data-node="${milestone.id}"]`)).toContainText('0 of 2 beads done')
  await see(page.locator(`[data-node="${empty.id}"]`)).toContainText('no beads yet')
})

it('a row tells why its bead waits before what closing it frees, where there is not room for both', async () => {
  const { running, page } = await bench.begin()
  const first = await running.api.create({ title: 'First' })
  const second = await running.api.create({ title: 'Second', dependencies: [{ to: first.id, kind: 'blocks' }] })
  await running.api.create({ title: 'Third', dependencies: [{ to: second.id, kind: 'blocks' }] })
  await goTo(page, '/board?panel=status')
  const why = (bead: string) =>
    page.locator(`[data-row] [data-reason] .text`).and(page.locator(`[data-bead="${bead}"] *`))
  await see(why(first.id)).toHaveText('ready')
  await see(why(second.id)).toHaveText(`blocked by ${first.id}`)
  for (const bead of [first.id, second.id]) {
    expect(await why(bead).evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0)
  }
  const frees = await page.locator('[data-row] .frees').evaluateAll((all) =>
    all.map((element) => {
      const own = element.getBoundingClientRect()
      const cell = element.parentElement?.getBoundingClientRect()
      return cell !== undefined && own.top >= cell.bottom ? 'out of sight' : own.width
    }),
  )
  expect(frees).toHaveLength(2)
  for (const width of frees) if (width !== 'out of sight') expect(width).toBeGreaterThanOrEqual(90)
})

it('speaks of no agent where there is none', async () => {
  const { running, page } = await bench.begin()
  const bead = await running.api.create({ title: 'Plain' })
  await goTo(page, `/board/${bead.id}`)
  await see(panelOf(page, bead.id)).toContainText('What is to be done, and why.')
  await see(panelOf(page, bead.id)).not.toContainText('agent')
  await page.keyboard.press('c')
  const hint = page.getByRole('dialog').getByLabel('Description')
  await see(hint).toHaveAttribute('placeholder', 'What is to be done, and why.')
})

it('an address that nobody answers is said to be wrong; nothing was open, and nothing is tried again', async () => {
  const running = await startBeadsOnly(['--beads-only'])
  const page = await bench.open(running)
  await page.getByLabel('Address of the database').fill(`mysql://root@127.0.0.1:${await freePort()}/beads`)
  await page.getByRole('button', { name: 'Open' }).click()
  const refusal = page.getByRole('alert').filter({ hasText: 'work_plane_unavailable' })
  await see(refusal).toContainText('Check the address')
  await see(refusal).not.toContainText('keeps trying')
  await see(refusal).not.toContainText('stays open')
})
