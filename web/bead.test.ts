/** The panel of a bead and the dialog of a new one in Chromium, against a double of the API. */
import { describe, expect, it } from 'vitest'
import { profileOf } from '../model/mode.ts'
import { ConsoleBench, patience, see } from './testing/console-bench.ts'
import { makeBead } from './testing/sample.ts'

const bench = new ConsoleBench()
const panel = () => bench.page.locator('aside')
const tab = (name: string) => panel().getByRole('tab', { name })
const dialog = () => bench.page.getByRole('dialog')
const hostile = ['--help', '<img src=x onerror="window.hit=1">', '\u{1F600}'.repeat(120), 'ü'.repeat(250)]

/** A plan that numbers its milestones and epics, with a decision. */
function plan(): void {
  bench.api.put([
    makeBead('lan-50', 'M1: Open', { type: 'milestone' }),
    makeBead('lan-51', 'M2: Grow', { type: 'milestone' }),
    makeBead('lan-1', 'M3: Later', { type: 'milestone' }),
    makeBead('lan-52', 'E1.1: Doors', { type: 'epic', parent: 'lan-50' }),
    makeBead('lan-2', 'E1.2: Booking', { type: 'epic', parent: 'lan-50' }),
    makeBead('lan-11', 'D7: Keep bookings for a year', { type: 'decision' }),
    makeBead('lan-53', 'BOO-1: Ask', { parent: 'lan-52' }),
  ])
}

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
    plan()
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
    plan()
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

describe('a new bead', () => {
  it('goes on with the numbering of the plan, which can be cleared and taken again', async () => {
    plan()
    await bench.signIn()
    await bench.page.keyboard.press('c')
    await dialog().getByRole('radio', { name: 'Milestone' }).check()
    const numbering = dialog().getByRole('group', { name: 'Numbering' })
    await see(numbering).toContainText('Numbered M4: as the plan goes on')
    await numbering.getByRole('button', { name: 'Clear the numbering' }).click()
    await numbering.getByRole('button', { name: 'Number it M4:' }).click()
    await dialog().getByLabel('Title').fill('Winter')
    await dialog().getByRole('button', { name: 'Create milestone' }).click()
    await see(panel()).toContainText('M4: Winter')
    expect(bench.api.bodies).toEqual([{ title: 'M4: Winter', type: 'milestone', priority: 2 }])
  })

  it('is only offered a numbering where the plan has none', async () => {
    await bench.signIn()
    await bench.page.keyboard.press('c')
    await dialog().getByRole('radio', { name: 'Milestone' }).check()
    const numbering = dialog().getByRole('group', { name: 'Numbering' })
    await see(numbering).toContainText('The plan has no numbering; suggested: M2:')
    await numbering.getByRole('button', { name: 'Clear the suggestion' }).click()
    await dialog().getByLabel('Title').fill('Winter')
    await dialog().getByRole('button', { name: 'Create milestone' }).click()
    await see(panel()).toContainText('Winter')
    expect(bench.api.bodies).toEqual([{ title: 'Winter', type: 'milestone', priority: 2 }])
  })

  it('begins below a milestone or an epic from its panel, with its parent, number and pills', async () => {
    plan()
    await bench.signIn('/board/lan-51')
    await panel().getByRole('button', { name: 'New epic here' }).click()
    await see(dialog().getByRole('radio', { name: 'Epic' })).toBeChecked()
    await see(dialog().getByRole('combobox', { name: 'Parent' })).toHaveValue('lan-51')
    await see(dialog()).toContainText('Numbered E2.1: as the plan goes on')
    await see(dialog()).toContainText('its next id is lan-51.1')
    await dialog().getByLabel('Title').fill('Shop')
    await dialog().getByRole('combobox', { name: 'Tag with' }).fill('d7')
    await bench.page.keyboard.press('Enter')
    await dialog().getByRole('button', { name: 'Create epic' }).click()
    await see(panel()).toContainText('E2.1: Shop')
    const body = { title: 'E2.1: Shop', type: 'epic', priority: 2, parent: 'lan-51', labels: ['d:7'] }
    expect(bench.api.bodies).toEqual([body])
    await panel().getByRole('button', { name: 'New bead here' }).click()
    await see(dialog().getByRole('radio', { name: 'Bead' })).toBeChecked()
    await see(dialog()).toContainText('suggested: E2.1.1:')
  })

  it('that was refused keeps what was written, says why at its field, and is sent again', async () => {
    const why = 'labels must have 1 to 255 characters'
    const problem = { code: 'bead_invalid', detail: `The bead can not be stored: ${why}.`, mend: '', params: { why } }
    bench.api.fail('POST /beads', 422, problem)
    await bench.signIn()
    await bench.page.keyboard.press('c')
    await dialog().getByLabel('Title').fill('A door bell')
    await dialog().getByLabel('Acceptance').fill('It rings')
    await dialog().getByLabel('Labels').fill('door')
    await dialog().getByRole('button', { name: 'Create bead' }).click()
    await see(dialog().getByRole('alert')).toContainText(why)
    await see(dialog().getByLabel('Labels')).toBeFocused()
    await bench.page.keyboard.press('Escape')
    await see(dialog()).toHaveCount(0)
    await bench.page.keyboard.press('c')
    await see(dialog().getByLabel('Title')).toHaveValue('A door bell')
    await see(dialog().getByLabel('Acceptance')).toHaveValue('It rings')
    await dialog().getByRole('button', { name: 'Create bead' }).click()
    await see(panel()).toContainText('A door bell')
    expect(bench.api.bodies.at(-1)).toEqual({
      title: 'A door bell',
      type: 'task',
      priority: 2,
      acceptance: 'It rings',
      labels: ['door'],
    })
    await bench.page.keyboard.press('Escape')
    await bench.page.keyboard.press('c')
    await see(dialog().getByLabel('Title')).toHaveValue('')
  })

  it('is followed by another of its kind where that is wanted, titles being hostile or not', async () => {
    await bench.signIn()
    await bench.page.keyboard.press('c')
    await dialog().getByLabel('Create another').check()
    for (const title of hostile) {
      await dialog().getByLabel('Title').fill(title)
      await bench.page.keyboard.press('Enter')
      await see(dialog().getByRole('status')).toContainText(title)
      await see(dialog().getByLabel('Title')).toHaveValue('')
      await see(dialog().getByLabel('Title')).toBeFocused()
    }
    expect(bench.api.bodies.map((body) => (body as { title: string }).title)).toEqual(hostile)
    expect(await bench.page.evaluate(() => 'hit' in window)).toBe(false)
  })
})

describe('an edit', () => {
  it('of a numbered title keeps the number, unless that is changed too', async () => {
    plan()
    await bench.signIn('/board/lan-51')
    await panel().getByRole('button', { name: 'Edit title' }).click()
    await see(bench.page.getByRole('textbox', { name: 'Title' })).toHaveValue('Grow')
    await bench.page.getByRole('textbox', { name: 'Title' }).fill('Flourish')
    await bench.page.keyboard.press('Enter')
    await see(panel().getByRole('heading', { name: 'M2: Flourish' })).toBeVisible()
    await panel().getByRole('button', { name: 'Edit title' }).click()
    await panel().getByRole('button', { name: 'Change the numbering M2:' }).click()
    await see(bench.page.getByRole('textbox', { name: 'Title' })).toHaveValue('M2: Flourish')
    await bench.page.getByRole('textbox', { name: 'Title' }).fill('Flourish')
    await bench.page.keyboard.press('Enter')
    await see(panel().getByRole('heading', { name: 'Flourish', exact: true })).toBeVisible()
    expect(bench.api.bodies).toEqual([{ title: 'M2: Flourish' }, { title: 'Flourish' }])
  })

  it('of what nobody else changed is written, whatever else they changed', async () => {
    await bench.signIn('/board/lan-9')
    await panel().getByRole('button', { name: 'Edit title' }).click()
    bench.api.put([{ ...bench.api.bead('lan-9'), priority: 4, revision: 7 }])
    await bench.page.getByRole('textbox', { name: 'Title' }).fill('What I wrote')
    await panel().getByRole('button', { name: 'Save' }).click()
    await see(panel().getByRole('heading', { name: 'What I wrote' })).toBeVisible()
    expect(bench.api.bead('lan-9')).toMatchObject({ title: 'What I wrote', priority: 4 })
    expect(bench.api.changes).toEqual(['PATCH /beads/lan-9', 'PATCH /beads/lan-9'])
  })

  it('that met another is merged by the person', async () => {
    await bench.signIn('/board/lan-9')
    await panel().getByRole('button', { name: 'Edit title' }).click()
    bench.api.put([{ ...bench.api.bead('lan-9'), title: 'What somebody else wrote', type: 'task', revision: 7 }])
    await bench.page.getByRole('textbox', { name: 'Title' }).fill('What I wrote')
    await panel().getByRole('button', { name: 'Save' }).click()
    const conflict = panel().getByRole('alert')
    await see(conflict).toContainText('Also changed meanwhile, and kept: Type.')
    await conflict.getByRole('radio', { name: 'Both, merged by you' }).check()
    await conflict.getByRole('textbox', { name: 'Title, merged' }).fill('What both wrote')
    await conflict.getByRole('button', { name: 'Write merged' }).click()
    await see(bench.card('lan-9')).toContainText('What both wrote')
    await see(conflict).toHaveCount(0)
    expect(bench.api.bead('lan-9').title).toBe('What both wrote')
  })

  it('that met another can be given up', async () => {
    await bench.signIn('/board/lan-9')
    await panel().getByRole('button', { name: 'Edit title' }).click()
    bench.api.put([{ ...bench.api.bead('lan-9'), title: 'What somebody else wrote', revision: 7 }])
    await bench.page.getByRole('textbox', { name: 'Title' }).fill('What I wrote')
    await panel().getByRole('button', { name: 'Save' }).click()
    await panel().getByRole('button', { name: 'Keep what is there' }).click()
    await see(panel().getByRole('alert')).toHaveCount(0)
    await see(panel().getByRole('heading', { name: 'What somebody else wrote' })).toBeVisible()
    expect(bench.api.changes).toEqual(['PATCH /beads/lan-9'])
  })

  it('of a bead that was deleted meanwhile is not lost: it is created again, then saved', async () => {
    await bench.signIn('/board/lan-7')
    await panel().getByRole('button', { name: 'Edit description' }).click()
    const text = bench.page.getByRole('textbox', { name: 'Description' })
    await text.fill('What I wrote')
    bench.api.delete('lan-7')
    await see(panel().getByRole('alert')).toContainText('lan-7 was deleted meanwhile')
    await see(text).toHaveValue('What I wrote')
    await panel().getByRole('button', { name: 'Save' }).click()
    await see(panel().getByText('There is no bead lan-7.')).toBeVisible()
    await see(text).toHaveValue('What I wrote')
    await panel().getByRole('button', { name: 'Create it again' }).click()
    await see(panel().getByText('was deleted meanwhile')).toHaveCount(0)
    expect(bench.api.bodies.at(-1)).toMatchObject({ id: 'lan-7', parent: 'lan-2', labels: ['booking', 'i18n'] })
    await see(text).toHaveValue('What I wrote')
    await panel().getByRole('button', { name: 'Save' }).click()
    await expect.poll(() => bench.api.changes.at(-1), patience).toBe('PATCH /beads/lan-7')
  })
})

describe('deleting for good', () => {
  it('says what goes, and of what has children asks for its id', async () => {
    await bench.signIn('/board/lan-2')
    await panel().getByRole('button', { name: 'Delete for good…' }).click()
    await see(dialog()).toContainText('2 beads stay without a parent: lan-7, lan-8.')
    const button = dialog().getByRole('button', { name: 'Delete for good' })
    await see(button).toBeDisabled()
    await dialog().getByLabel('Type lan-2 to delete it').fill('lan-2')
    await bench.page.keyboard.press('Enter')
    await see(panel()).toHaveCount(0)
    await see(bench.page.locator('main')).toBeFocused()
    await see(bench.page.locator('.toasts')).toContainText('lan-2 was deleted')
    await see(bench.card('lan-2')).toHaveCount(0)
    expect(bench.api.changes).toEqual(['DELETE /beads/lan-2'])
  })

  it('of what has none needs no typing; a refusal is said in the question', async () => {
    await bench.signIn('/board/lan-9')
    const problem = { code: 'bead_changed', detail: 'Bead lan-9 was changed meanwhile.', mend: 'Read it again.' }
    bench.api.fail('DELETE /beads/lan-9', 412, problem)
    await panel().getByRole('button', { name: 'Delete for good…' }).click()
    await dialog().getByRole('button', { name: 'Delete for good' }).click()
    await see(dialog().getByRole('alert')).toContainText('bead_changed')
    await dialog().getByRole('button', { name: 'Keep it' }).click()
    await see(panel().getByRole('button', { name: 'Delete for good…' })).toBeFocused()
    await see(bench.card('lan-9')).toBeVisible()
  })

  it('is not offered of a bead that a session holds', async () => {
    await bench.signIn('/board/lan-3')
    await see(panel().getByRole('button', { name: 'Edit title' })).toBeVisible()
    await see(panel().getByRole('button', { name: 'Delete for good…' })).toHaveCount(0)
  })
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
  const title = hostile[1] ?? ''
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
