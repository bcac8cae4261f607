/** Editing and deleting a bead in its panel, alone or while others do, in Chromium, against a double of the API. */
import { describe, expect, it } from 'vitest'
import { beadParts, numberedPlan } from './testing/bead-parts.ts'
import { ConsoleBench, patience, see } from './testing/console-bench.ts'

const bench = new ConsoleBench()
const { panel, dialog } = beadParts(bench)

/** Changes of a bead come to the server only once what this gives was called. */
async function holdBack(bead: string): Promise<() => void> {
  const opened = Promise.withResolvers<void>()
  await bench.page.route(`**/api/v1/beads/${bead}`, async (route) => {
    if (route.request().method() === 'PATCH') await opened.promise
    await route.continue()
  })
  return opened.resolve
}

describe('an edit', () => {
  it('of a numbered title keeps the number, unless that is changed too', async () => {
    bench.api.put(numberedPlan)
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
    await panel().getByLabel('Priority').selectOption('3')
    await see(bench.card('lan-9')).toContainText('Low')
    await conflict.getByRole('radio', { name: 'Both, merged by you' }).check()
    await conflict.getByRole('textbox', { name: 'Title, merged' }).fill('What both wrote')
    await conflict.getByRole('button', { name: 'Write merged' }).click()
    await see(bench.card('lan-9')).toContainText('What both wrote')
    await see(conflict).toHaveCount(0)
    expect(bench.api.bead('lan-9').title).toBe('What both wrote')
  })

  it('is not written over what came, and was shown, while it was written', async () => {
    await bench.signIn('/board/lan-9')
    await panel().getByRole('button', { name: 'Edit title' }).click()
    const theirs = { ...bench.api.bead('lan-9'), title: 'What somebody else wrote', priority: 4, revision: 7 }
    bench.api.put([theirs])
    bench.api.emit({ kind: 'bead.changed', bead: theirs })
    await see(panel().getByLabel('Priority')).toHaveValue('4')
    await bench.page.getByRole('textbox', { name: 'Title' }).fill('What I wrote')
    await panel().getByRole('button', { name: 'Save' }).click()
    const conflict = panel().getByRole('alert')
    await see(conflict).toContainText('What somebody else wrote')
    await see(conflict).toContainText('What I wrote')
    expect(bench.api.changes).toEqual([])
    await conflict.getByRole('button', { name: 'Write mine' }).click()
    await see(panel().getByRole('heading', { name: 'What I wrote' })).toBeVisible()
    await see(conflict).toHaveCount(0)
    expect(bench.api.bodies).toEqual([{ title: 'What I wrote' }])
  })

  it('that is answered once another bead is open shows that one still, and goes on changing that one', async () => {
    const open = await holdBack('lan-9')
    await bench.signIn('/board/lan-9')
    await panel().getByLabel('Priority').selectOption('3')
    await bench.card('lan-7').getByRole('link').click()
    await see(panel().getByRole('heading', { name: bench.api.bead('lan-7').title })).toBeVisible()
    open()
    await expect.poll(() => bench.api.bead('lan-9').priority, patience).toBe(3)
    await see(bench.card('lan-9')).toContainText('Low')
    await see(panel().getByRole('heading', { name: bench.api.bead('lan-7').title })).toBeVisible()
    await panel().getByLabel('Priority').selectOption('4')
    await expect.poll(() => bench.api.bead('lan-7').priority, patience).toBe(4)
    expect(bench.api.changes).toEqual(['PATCH /beads/lan-9', 'PATCH /beads/lan-7'])
  })

  it('that is refused once another bead is open is told, and not of that one', async () => {
    const open = await holdBack('lan-9')
    await bench.signIn('/board/lan-9')
    await panel().getByLabel('Priority').selectOption('3')
    await bench.card('lan-7').getByRole('link').click()
    await see(panel().getByRole('heading', { name: bench.api.bead('lan-7').title })).toBeVisible()
    bench.api.put([{ ...bench.api.bead('lan-9'), priority: 4, revision: 7 }])
    open()
    await see(bench.page.locator('.toasts')).toContainText('lan-9 was not changed')
    await see(panel().getByRole('alert')).toHaveCount(0)
    expect(bench.api.bead('lan-9').priority).toBe(4)
  })

  it('that follows another at once is written after it', async () => {
    const open = await holdBack('lan-9')
    await bench.signIn('/board/lan-9')
    await panel().getByLabel('Priority').selectOption('3')
    await panel().getByLabel('Type').selectOption('chore')
    await panel().getByLabel('Priority').selectOption('4')
    open()
    await expect.poll(() => bench.api.bead('lan-9'), patience).toMatchObject({ priority: 4, type: 'chore' })
    await see(panel().getByLabel('Type')).toHaveValue('chore')
    await see(panel().getByRole('alert')).toHaveCount(0)
    expect(bench.api.bodies).toEqual([{ priority: 3 }, { type: 'chore' }, { priority: 4 }])
  })

  it('in which nothing was written leaves what came meanwhile', async () => {
    await bench.signIn('/board/lan-9')
    await panel().getByRole('button', { name: 'Edit title' }).click()
    const theirs = { ...bench.api.bead('lan-9'), title: 'What somebody else wrote', priority: 4, revision: 7 }
    bench.api.put([theirs])
    bench.api.emit({ kind: 'bead.changed', bead: theirs })
    await see(panel().getByLabel('Priority')).toHaveValue('4')
    await panel().getByRole('button', { name: 'Save' }).click()
    await see(panel().getByRole('heading', { name: 'What somebody else wrote' })).toBeVisible()
    expect(bench.api.changes).toEqual([])
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

  it('closes the panel also when the lists hear of it before the answer is there', async () => {
    await bench.page.route('**/api/v1/beads/lan-9', async (route) => {
      if (route.request().method() !== 'DELETE') return route.continue()
      const response = await route.fetch()
      await see(bench.card('lan-9')).toHaveCount(0)
      await route.fulfill({ response })
    })
    await bench.signIn('/board/lan-9')
    await panel().getByRole('button', { name: 'Delete for good…' }).click()
    await dialog().getByRole('button', { name: 'Delete for good' }).click()
    await see(panel()).toHaveCount(0)
    await see(bench.page.locator('.toasts')).toContainText('lan-9 was deleted')
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
