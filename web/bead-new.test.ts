/** The dialog of a new bead in Chromium, against a double of the API. */
import { describe, expect, it } from 'vitest'
import { beadParts, hostileTitles, numberedPlan } from './testing/bead-parts.ts'
import { ConsoleBench, see } from './testing/console-bench.ts'

const bench = new ConsoleBench()
const { panel, dialog } = beadParts(bench)

describe('a new bead', () => {
  it('goes on with the numbering of the plan, which can be cleared and taken again', async () => {
    bench.api.put(numberedPlan)
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

  it('has no numbering that was only offered', async () => {
    await bench.signIn()
    await bench.page.keyboard.press('c')
    await dialog().getByRole('radio', { name: 'Milestone' }).check()
    await see(dialog().getByRole('group', { name: 'Numbering' })).toContainText('suggested: M2:')
    await dialog().getByLabel('Title').fill('Winter')
    await dialog().getByRole('button', { name: 'Create milestone' }).click()
    await see(panel()).toContainText('Winter')
    expect(bench.api.bodies).toEqual([{ title: 'Winter', type: 'milestone', priority: 2 }])
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
    bench.api.put(numberedPlan)
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
    for (const title of hostileTitles) {
      await dialog().getByLabel('Title').fill(title)
      await bench.page.keyboard.press('Enter')
      await see(dialog().getByRole('status')).toContainText(title)
      await see(dialog().getByLabel('Title')).toHaveValue('')
      await see(dialog().getByLabel('Title')).toBeFocused()
    }
    expect(bench.api.bodies.map((body) => (body as { title: string }).title)).toEqual(hostileTitles)
    expect(await bench.page.evaluate(() => 'hit' in window)).toBe(false)
  })
})
