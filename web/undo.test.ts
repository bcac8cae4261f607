/** Taking single changes of beads back in Chromium: given back is what was, and only what nobody else changed since. */
import { describe, expect, it } from 'vitest'
import { profileOf } from '../model/mode.ts'
import { ConsoleBench, patience, see } from './testing/console-bench.ts'

const bench = new ConsoleBench()
const row = (id: string) => bench.page.locator(`[data-row="${id}"]`)
const toasts = () => bench.page.locator('.toasts')
const undo = () => toasts().getByRole('button', { name: 'Undo' })
const held = (id: string) => expect.poll(() => bench.api.bead(id), patience)

async function move(id: string, lane: string): Promise<void> {
  await bench.page.getByRole('button', { name: `Move ${id} to…` }).click()
  await bench.page.getByRole('menuitem', { name: lane }).click()
}

async function beadsOnly(path: string): Promise<void> {
  bench.api.offer(profileOf('beads_only', false))
  await bench.signIn(path)
}

describe('on the board', () => {
  it('a card that was dragged goes back to its lane, by button', async () => {
    await bench.signIn()
    await bench.drag('lan-9', 'staged')
    await see(toasts()).toContainText('lan-9 moved to Staged')
    await see(bench.lane('staged').locator('[data-bead="lan-9"]')).toBeVisible()
    await undo().click()
    await see(toasts()).toContainText('lan-9 is as it was')
    await see(bench.lane('unstarted').locator('[data-bead="lan-9"]')).toBeVisible()
    expect(bench.api.bead('lan-9')).toMatchObject({ status: 'open', state: 'unstarted', labels: ['calendar'] })
    await see(undo()).toHaveCount(0)
  })

  it('a card that was moved by its menu goes back by key, which says so in the help', async () => {
    await bench.signIn()
    await bench.page.keyboard.press('?')
    const help = bench.page.getByRole('dialog', { name: 'Keyboard' })
    await see(help).toBeVisible()
    await see(help.locator('[data-command="undo"]')).toHaveCount(0)
    await bench.page.keyboard.press('Escape')
    await move('lan-12', 'Backlog')
    await held('lan-12').toMatchObject({ status: 'deferred', labels: ['export'] })
    await see(undo()).toBeVisible()
    await bench.page.keyboard.press('?')
    await see(help.locator('[data-command="undo"]')).toBeVisible()
    await bench.page.keyboard.press('Escape')
    await bench.page.getByLabel('Search the board').fill('vis')
    await bench.page.keyboard.press('Control+z')
    expect(bench.api.bead('lan-12').status).toBe('deferred')
    await bench.card('lan-12').locator('a').focus()
    await bench.page.keyboard.press('Control+z')
    await held('lan-12').toMatchObject({ status: 'open', state: 'staged' })
    await see(toasts()).toContainText('lan-12 is as it was')
  })

  it('what was closed is open again as it was, and what was reopened is closed again', async () => {
    await beadsOnly('/board?layout=kanban')
    await move('lan-14', 'Done')
    await bench.page.getByRole('button', { name: 'Close bead' }).click()
    await see(toasts()).toContainText('lan-14 is closed')
    await undo().click()
    await held('lan-14').toMatchObject({ status: 'deferred', closedAt: null })
    await move('lan-6', 'Staged')
    await bench.page.getByRole('button', { name: 'Reopen bead' }).click()
    await see(toasts()).toContainText('lan-6 moved to Staged')
    await held('lan-6').toMatchObject({ state: 'staged' })
    await undo().click()
    await held('lan-6').toMatchObject({ state: 'completed' })
    expect(bench.api.bodies.at(-1)).toEqual({ reason: 'Done' })
  })

  it('a move to In progress is taken back where it starts nothing', async () => {
    await beadsOnly('/board?layout=kanban')
    await move('lan-9', 'In progress')
    await held('lan-9').toMatchObject({ status: 'in_progress' })
    await undo().click()
    await held('lan-9').toMatchObject({ status: 'open' })
  })

  it('nothing is promised of work that was started or ended', async () => {
    await bench.signIn()
    await move('lan-9', 'In progress')
    await see(bench.lane('started').locator('[data-bead="lan-9"]')).toBeVisible()
    await move('lan-3', 'Backlog')
    await bench.page.getByRole('button', { name: 'End session' }).click()
    await see(bench.lane('backlog').locator('[data-bead="lan-3"]')).toBeVisible()
    await held('lan-3').toMatchObject({ status: 'deferred' })
    await see(toasts()).toContainText('The session is ending')
    await see(undo()).toHaveCount(0)
  })

  it('what somebody else changed since is left alone, and said', async () => {
    await bench.signIn()
    await move('lan-9', 'Staged')
    await see(undo()).toBeVisible()
    bench.api.put([{ ...bench.api.bead('lan-9'), priority: 4, revision: 20 }])
    await undo().click()
    await see(toasts()).toContainText('lan-9 was not taken back')
    await see(toasts()).toContainText('Bead lan-9 was changed meanwhile.')
    expect(bench.api.bead('lan-9')).toMatchObject({ state: 'staged', priority: 4 })
  })
})

describe('in the backlog', () => {
  it('each bead has one offer: for its last change', async () => {
    await bench.signIn('/backlog')
    await row('lan-9').locator('[data-card]').focus()
    await bench.page.keyboard.press('-')
    await see(toasts()).toContainText('lan-9 has priority High')
    await bench.page.keyboard.press('-')
    await see(toasts()).toContainText('lan-9 has priority Medium')
    await see(undo()).toHaveCount(1)
    await bench.page.keyboard.press('Control+z')
    await held('lan-9').toMatchObject({ priority: 1 })
  })

  it('one offer stands in the way at a time, and the keys take back one change after another', async () => {
    await bench.signIn('/backlog')
    for (const id of ['lan-9', 'lan-7']) {
      await row(id).locator('[data-card]').focus()
      await bench.page.keyboard.press('s')
      await held(id).toMatchObject({ state: 'staged' })
      await see(undo()).toHaveCount(1)
      await see(toasts()).toContainText(id)
    }
    await see(toasts()).not.toContainText('lan-9')
    await bench.page.keyboard.press('Control+z')
    await held('lan-7').toMatchObject({ state: 'unstarted' })
    await see(undo()).toHaveCount(1)
    await bench.page.keyboard.press('Control+z')
    await held('lan-9').toMatchObject({ state: 'unstarted' })
    await see(undo()).toHaveCount(0)
  })

  it('what was staged or deferred is given back with its day', async () => {
    const deferUntil = '2031-05-04T00:00:00Z'
    bench.api.put([{ ...bench.api.bead('lan-14'), deferUntil }])
    await bench.signIn('/backlog')
    await row('lan-14').getByRole('button', { name: 'Stage lan-14' }).click()
    await see(toasts()).toContainText('lan-14 moved to Staged')
    await undo().click()
    await held('lan-14').toMatchObject({ status: 'deferred', deferUntil, labels: [] })
    await row('lan-10').getByRole('button', { name: 'Change lan-10…' }).click()
    await bench.page.getByRole('menuitem', { name: 'Defer until…' }).click()
    await bench.page.getByRole('dialog').getByLabel('Until').fill('2031-05-04')
    await bench.page.getByRole('button', { name: 'Defer', exact: true }).click()
    await see(toasts()).toContainText('lan-10 is deferred')
    await undo().click()
    await held('lan-10').toMatchObject({ status: 'open', deferUntil: null })
  })
})

it('of many beads, those that somebody else changed since are left alone, and named', async () => {
  await bench.signIn('/board?layout=flat&order=id')
  await row('lan-9').locator('[data-card]').focus()
  await bench.page.keyboard.press('x')
  await bench.page.keyboard.press('Shift+ArrowDown')
  const bar = bench.page.locator('[data-bulk]')
  await bar.getByRole('button', { name: 'Edit…' }).click()
  await bar.getByLabel('Type').selectOption('feature')
  await bar.getByRole('button', { name: 'Change all' }).click()
  await see(undo()).toBeVisible()
  bench.api.put([{ ...bench.api.bead('lan-9'), type: 'spike', revision: 20 }])
  await undo().click()
  await held('lan-10').toMatchObject({ type: 'chore' })
  await see(bar.getByRole('alert')).toContainText('lan-9 Bead lan-9 was changed meanwhile.')
  expect(bench.api.bead('lan-9').type).toBe('spike')
})
