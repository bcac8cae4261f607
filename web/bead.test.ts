/** The panel of a bead in Chromium, against a double of the API: its tabs, dependencies and pills. */
import { describe, expect, it } from 'vitest'
import { profileOf } from '../model/mode.ts'
import { beadParts, hostileTitles, numberedPlan } from './testing/bead-parts.ts'
import { ConsoleBench, patience, see } from './testing/console-bench.ts'
import { makeBead } from './testing/sample.ts'

const bench = new ConsoleBench()
const { panel, tab, dialog } = beadParts(bench)

describe('the tabs of a bead', () => {
  it('are named by the address, and change it', async () => {
    await bench.signIn('/board/lan-8?tab=dependencies')
    await see(tab('Dependencies')).toHaveAttribute('aria-selected', 'true')
    await see(panel().getByRole('tabpanel')).toContainText('lan-5')
    await tab('Comments').click()
    expect(bench.page.url()).toBe(`${bench.api.url}/board/lan-8?tab=comments`)
    await bench.page.reload()
    await see(panel().getByRole('tabpanel')).toContainText('The old calendar is in the branch')
    await tab('Overview').click()
    expect(bench.page.url()).toBe(`${bench.api.url}/board/lan-8`)
    await bench.page.goto(`${bench.api.url}/board/lan-8?tab=nonsense`)
    await see(tab('Overview')).toHaveAttribute('aria-selected', 'true')
  })

  it('stand beside what the address says of the board, and go when the panel is closed', async () => {
    await bench.signIn('/board/lan-9?layout=flat&tab=comments')
    await see(tab('Comments')).toHaveAttribute('aria-selected', 'true')
    await bench.page.getByLabel('Search the board').fill('summer')
    await expect.poll(() => new URL(bench.page.url()).search, patience).toMatch(/summer/)
    expect(new URL(bench.page.url()).searchParams.get('tab')).toBe('comments')
    await panel().getByRole('button', { name: 'Close panel' }).click()
    await see(panel()).toHaveCount(0)
    expect(new URL(bench.page.url()).searchParams.get('tab')).toBeNull()
  })

  it('change by arrow keys, and keep what was being written', async () => {
    await bench.signIn('/board/lan-9')
    await panel().getByRole('button', { name: 'Edit description' }).click()
    await bench.page.getByRole('textbox', { name: 'Description' }).fill('Half a thought')
    await tab('Overview').focus()
    await bench.page.keyboard.press('ArrowRight')
    await see(tab('Dependencies')).toBeFocused()
    await bench.page.keyboard.press('End')
    await see(tab('History')).toBeFocused()
    await see(panel().getByRole('tabpanel')).toContainText('mira created it')
    await bench.page.keyboard.press('ArrowRight')
    await see(tab('Overview')).toBeFocused()
    await see(bench.page.getByRole('textbox', { name: 'Description' })).toHaveValue('Half a thought')
    expect(await panel().locator('[role="tab"][tabindex="0"]').count()).toBe(1)
  })

  it('on a phone they scroll, and the chosen one is in sight', async () => {
    await bench.page.setViewportSize({ width: 390, height: 844 })
    await bench.signIn('/board/lan-9?tab=history')
    await see(tab('History')).toBeInViewport({ ratio: 0.9 })
    await tab('Overview').scrollIntoViewIfNeeded()
    await tab('Overview').click()
    await see(tab('Overview')).toBeInViewport({ ratio: 0.9 })
  })

  it('say so where there is nothing', async () => {
    bench.api.setHistory('lan-9', [])
    await bench.signIn('/board/lan-9')
    const empty = {
      Dependencies: 'It depends on nothing.',
      Evidence: 'Nothing shows yet',
      History: 'Nothing is on record',
    }
    for (const [name, text] of Object.entries(empty)) {
      await tab(name).click()
      await see(panel().getByRole('tabpanel')).toContainText(text)
    }
  })
})

describe('dependencies', () => {
  it('are found by title, added with their kind, and removed, by keyboard alone', async () => {
    await bench.signIn('/board/lan-9?tab=dependencies')
    await panel().getByLabel('Kind of dependency').selectOption('waits for')
    await panel().getByRole('combobox', { name: 'Bead it depends on' }).focus()
    await bench.page.keyboard.type('umlauts')
    await see(panel().getByRole('listbox').getByRole('option')).toHaveCount(1)
    await bench.page.keyboard.press('Enter')
    await see(panel().getByRole('combobox', { name: 'Bead it depends on' })).toHaveValue('lan-17')
    await bench.page.keyboard.press('Enter')
    const edge = panel().getByRole('listitem').filter({ hasText: 'lan-17' })
    await see(edge).toContainText('waits for')
    expect(bench.api.changes).toEqual(['PUT /beads/lan-9/dependencies/lan-17'])
    expect(bench.api.bodies).toEqual([{ kind: 'blocks' }])
    await edge.getByRole('button', { name: 'Remove: it no longer depends on lan-17' }).press('Enter')
    await see(edge).toHaveCount(0)
    await see(panel().locator('[aria-label="Dependencies"] :focus')).toHaveCount(1)
  })

  it('that close a circle or are of no kind are refused with the reason, beside the field', async () => {
    await bench.signIn('/board/lan-9?tab=dependencies')
    const field = panel().getByRole('combobox', { name: 'Bead it depends on' })
    const circle = 'That dependency would close a circle: lan-9 → lan-17 → lan-9.'
    bench.api.fail('PUT /beads/lan-9/dependencies/lan-17', 409, { code: 'dependency_cycle', detail: circle, mend: '' })
    await field.fill('lan-17')
    await panel().getByRole('button', { name: 'Add', exact: true }).click()
    await see(panel().getByRole('alert')).toContainText(circle)
    await see(field).toHaveValue('lan-17')
    const kind = 'That dependency is not allowed: the kind must be a short lower-case word.'
    bench.api.fail('PUT /beads/lan-9/dependencies/lan-17', 422, { code: 'dependency_invalid', detail: kind, mend: '' })
    await panel().getByRole('button', { name: 'Add', exact: true }).click()
    await see(panel().getByRole('alert')).toContainText('dependency_invalid')
  })

  it('that name nothing, or say nothing known, are shown as they are, with the way they go', async () => {
    bench.api.setEdges('lan-9', [
      { from: 'lan-9', to: 'gone-1', kind: 'blocks' },
      { from: 'lan-9', to: 'lan-17', kind: 'tracks' },
      { from: 'lan-10', to: 'lan-9', kind: 'discovered-from' },
    ])
    await bench.signIn('/board/lan-9?tab=dependencies')
    const rows = panel().getByRole('listitem')
    await see(rows.filter({ hasText: 'gone-1' })).toContainText(/waits for.*not in this database/)
    await see(rows.filter({ hasText: 'lan-17' })).toContainText('tracks:')
    await see(rows.filter({ hasText: 'lan-10' })).toContainText('led to')
    await rows.filter({ hasText: 'gone-1' }).getByRole('button').click()
    await see(rows.filter({ hasText: 'gone-1' })).toHaveCount(0)
  })
})

describe('pills', () => {
  it('are chosen from milestones and decisions, and stored as labels', async () => {
    bench.api.put(numberedPlan)
    await bench.signIn('/board/lan-9?tab=labels')
    const field = panel().getByRole('combobox', { name: 'Tag with a decision or milestone' })
    await field.fill('bookings year')
    await bench.page.keyboard.press('Enter')
    await see(panel().getByRole('button', { name: 'Remove tag D7' })).toBeVisible()
    await field.fill('grow')
    await bench.page.keyboard.press('Enter')
    await expect.poll(() => bench.api.bead('lan-9').labels, patience).toEqual(['calendar', 'd:7', 'milestone:lan-51'])
    await see(panel().getByRole('link', { name: 'milestone: M2: Grow' })).toBeVisible()
    await field.press('Backspace')
    await expect.poll(() => bench.api.bead('lan-9').labels, patience).toEqual(['calendar', 'milestone:lan-51'])
    await panel().getByRole('link', { name: 'milestone: M2: Grow' }).click()
    await see(panel()).toHaveAccessibleName('Bead lan-51')
    await see(panel().getByRole('region', { name: 'Where its tag is used' })).toContainText('lan-9')
  })

  it('are shown on cards and in rows instead of the labels that keep them', async () => {
    bench.api.put(numberedPlan)
    bench.api.put([{ ...bench.api.bead('lan-9'), labels: ['calendar', 'd:7', 'milestone:lan-51'] }])
    await bench.signIn()
    await see(bench.card('lan-9').getByText('decision: D7: Keep bookings for a year')).toBeAttached()
    await see(bench.card('lan-9')).not.toContainText('d:7')
    await bench.page.goto(`${bench.api.url}/board?layout=flat`)
    await see(bench.card('lan-9').getByText('milestone: M2: Grow')).toBeAttached()
    await see(bench.card('lan-9')).not.toContainText('milestone:lan-51')
  })

  it('that name nothing in the database say so', async () => {
    bench.api.put([{ ...bench.api.bead('lan-9'), labels: ['d:31', 'milestone:gone'] }])
    await bench.signIn('/board/lan-9')
    await see(panel().getByText('decision that is not in this database (d:31)')).toBeAttached()
    await see(panel().getByText('milestone that is not in this database (milestone:gone)')).toBeAttached()
  })

  it('of a decision without a number need one first', async () => {
    bench.api.put([{ ...bench.api.bead('lan-9'), labels: ['d:4'] }])
    await bench.signIn('/board/lan-11')
    await panel().getByRole('button', { name: 'Give it the number D5' }).click()
    await see(panel()).toContainText('Decision D5')
    expect(bench.api.bodies).toEqual([{ addLabels: ['d:5'] }])
    await see(panel()).toContainText('No bead is tagged with it yet')
  })
})

it('in Beads-only mode no agent is told of and nothing starts one', async () => {
  const agents = /start an agent|end session|scripted|takes control/i
  await bench.signIn('/board/lan-8')
  await see(panel().getByRole('button', { name: 'Start an agent' })).toBeVisible()
  bench.api.offer(profileOf('beads_only', false))
  await bench.page.reload()
  await see(panel().getByRole('button', { name: 'Edit title' })).toBeVisible()
  await see(panel()).not.toContainText(agents)
  await bench.page.goto(`${bench.api.url}/board?layout=kanban`)
  await see(bench.page.locator('[data-lane="started"]')).toBeVisible()
  await see(bench.page.locator('[data-lanes]')).not.toContainText(agents)
  await see(bench.page.getByRole('button', { name: 'Unpark' })).toHaveCount(0)
  await bench.page.keyboard.press('Control+k')
  await see(dialog().getByRole('option').first()).toBeVisible()
  await see(dialog()).not.toContainText(agents)
})

it('where nothing may be written, nothing that writes is drawn', async () => {
  bench.api.offer(profileOf('full', true))
  await bench.signIn('/board/lan-8')
  for (const name of ['Overview', 'Dependencies', 'Labels', 'Comments', 'Evidence', 'History']) {
    await tab(name).click()
    const controls = panel().getByRole('tabpanel').locator('input, textarea, select, form, button')
    await see(controls.filter({ hasNotText: 'Start an agent' })).toHaveCount(0)
  }
  await see(panel().getByRole('button', { name: 'Edit title' })).toHaveCount(0)
  await see(panel().getByLabel('Lane')).toHaveCount(0)
  await bench.page.keyboard.press('c')
  await see(dialog()).toHaveCount(0)
  await bench.page.keyboard.press('Control+k')
  await see(dialog().getByRole('option').filter({ hasText: 'New bead' })).toHaveCount(0)
})

it('a hostile title is text wherever it is shown', async () => {
  const title = hostileTitles[1] ?? ''
  bench.api.put([
    makeBead('lan-60', title, { type: 'milestone' }),
    makeBead('lan-61', title, { parent: 'lan-60', labels: ['milestone:lan-60'] }),
  ])
  bench.api.setHistory('lan-61', [
    {
      id: 'e1',
      at: new Date().toISOString(),
      actor: title,
      kind: 'updated',
      changes: [{ field: title, before: title, after: title }],
      text: title,
    },
  ])
  await bench.signIn('/board/lan-61')
  await see(panel().getByRole('heading', { name: title })).toBeVisible()
  await tab('History').click()
  await see(panel().getByRole('tabpanel').getByRole('listitem')).toContainText(title)
  await tab('Labels').click()
  await see(panel().getByRole('tabpanel')).toContainText(title)
  await bench.page.keyboard.press('Escape')
  await bench.page.goto(`${bench.api.url}/board/lan-60`)
  await see(panel().getByRole('region', { name: 'Where its tag is used' })).toContainText(title)
  expect(await bench.page.evaluate(() => 'hit' in window)).toBe(false)
})
