/** The board's changes of many beads at once, in Chromium. */
import { describe, expect, it } from 'vitest'
import { profileOf } from '../model/mode.ts'
import { BoardBench } from './testing/board-bench.ts'
import { patience, see } from './testing/console-bench.ts'

const bench = new BoardBench()

describe('many beads together', () => {
  it('are selected by keyboard, changed, and changed back', async () => {
    await bench.signIn('/board?layout=flat&order=id')
    await bench.row('lan-9').locator('[data-card]').focus()
    await bench.page.keyboard.press('x')
    await bench.page.keyboard.press('Shift+ArrowDown')
    const bar = bench.page.locator('[data-bulk]')
    await see(bar).toContainText('2 selected')
    await bar.getByRole('button', { name: 'Defer…' }).click()
    await bench.page.getByRole('dialog', { name: 'Defer 2 beads' }).getByLabel('Until').fill('2031-05-04')
    await bench.page.keyboard.press('Enter')
    const until = new Date(2031, 4, 4).toISOString().replace('.000', '')
    await see(bench.row('lan-10')).toContainText('Backlog')
    const deferred = { status: 'deferred', deferUntil: until }
    await expect.poll(() => bench.api.bodies, patience).toEqual([deferred, deferred])
    await see(bench.row('lan-9')).toContainText('Backlog')
    await bench.page.getByRole('button', { name: 'Undo' }).click()
    await see(bench.row('lan-9')).toContainText('Next up')
    await see(bench.row('lan-10')).toContainText('Next up')
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
    await see(bench.row('lan-9')).toBeVisible()
    await bench.page.keyboard.press('Control+a')
    const bar = bench.page.locator('[data-bulk]')
    await see(bar).toContainText('3 selected')
    const problem = { code: 'bead_in_session', detail: 'Bead lan-4 is worked by session s2.', mend: '' }
    bench.api.fail('PATCH /beads/lan-4', 409, problem)
    await bar.getByRole('button', { name: 'Edit…' }).click()
    await bar.getByLabel('Priority').selectOption('3')
    await bar.getByRole('button', { name: 'Change all' }).click()
    await see(bar.getByRole('alert')).toContainText('lan-4 Bead lan-4 is worked by session s2. (bead_in_session)')
    await see(bench.row('lan-9')).toContainText('Low')
    await see(bench.page.locator('.toasts')).toContainText('Changed 2 beads')
  })

  it('are deleted only when their number is typed', async () => {
    await bench.signIn('/board?layout=flat')
    await bench.row('lan-16').getByRole('checkbox').click()
    await bench
      .row('lan-14')
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
      await bench.layout(name)
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
