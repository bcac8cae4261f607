/** The long texts and comments of a bead, written in its panel in Chromium, against a double of the API. */
import { describe, expect, it } from 'vitest'
import { beadParts } from './testing/bead-parts.ts'
import { ConsoleBench, patience, see } from './testing/console-bench.ts'

const bench = new ConsoleBench()
const { panel } = beadParts(bench)

/** The `If-Match` of each change of beads that is sent from now on. */
function matches(): (string | undefined)[] {
  const all: (string | undefined)[] = []
  bench.page.on('request', (request) => {
    if (request.method() === 'PATCH') all.push(request.headers()['if-match'])
  })
  return all
}

describe('a long text', () => {
  it.each([
    { title: 'Acceptance', field: 'acceptance', begin: 'Edit acceptance' },
    { title: 'Design', field: 'design', begin: 'Design' },
    { title: 'Notes', field: 'notes', begin: 'Notes' },
  ])('$field is written over what was seen, and shown', async ({ title, field, begin }) => {
    await bench.signIn('/board/lan-9')
    const sent = matches()
    await panel().getByRole('button', { name: begin, exact: true }).click()
    const box = panel().getByRole('textbox', { name: title })
    await see(box).toBeFocused()
    await box.fill('One **bold** word\n\n- and a point')
    await box.press('Control+Enter')
    await see(panel().locator('strong', { hasText: 'bold' })).toBeVisible()
    await see(panel().getByText('and a point', { exact: true })).toBeVisible()
    await see(panel().getByRole('heading', { name: title })).toBeVisible()
    await see(panel().getByRole('textbox', { name: title })).toHaveCount(0)
    expect(bench.api.changes).toEqual(['PATCH /beads/lan-9'])
    expect(bench.api.bodies).toEqual([{ [field]: 'One **bold** word\n\n- and a point' }])
    expect(sent).toEqual(['"lan-9-1"'])
    // The next is written over what this one left.
    await panel()
      .getByRole('button', { name: `Edit ${field}` })
      .click()
    await see(box).toHaveValue('One **bold** word\n\n- and a point')
    await box.fill('Two')
    await panel().getByRole('button', { name: 'Save' }).click()
    await see(panel().getByText('Two', { exact: true })).toBeVisible()
    expect(sent).toEqual(['"lan-9-1"', '"lan-9-2"'])
  })

  it('that was refused stays in its field, with the reason', async () => {
    await bench.signIn('/board/lan-9')
    await panel().getByRole('button', { name: 'Notes', exact: true }).click()
    const detail = 'The Beads database is away.'
    bench.api.fail('PATCH /beads/lan-9', 503, { code: 'work_plane_unavailable', detail, mend: 'Try again.' })
    await panel().getByRole('textbox', { name: 'Notes' }).fill('Kept')
    await panel().getByRole('button', { name: 'Save' }).click()
    await see(panel().getByRole('alert')).toContainText(detail)
    await see(panel().getByRole('textbox', { name: 'Notes' })).toHaveValue('Kept')
    await panel().getByRole('button', { name: 'Save' }).click()
    await see(panel().getByRole('heading', { name: 'Notes' })).toBeVisible()
    await see(panel().getByText('Kept', { exact: true })).toBeVisible()
  })
})

describe('a comment', () => {
  const field = () => panel().getByRole('textbox', { name: 'Comment' })
  const add = () => panel().getByRole('button', { name: 'Comment', exact: true })

  it('is sent by button or keys, and shown below the others', async () => {
    await bench.signIn('/board/lan-9?tab=comments')
    await see(add()).toBeDisabled()
    await field().fill('  I tried **both** ways.\n')
    await add().click()
    await see(panel().getByRole('listitem')).toHaveCount(2)
    await see(panel().getByRole('listitem').last()).toContainText('mira')
    await see(panel().getByRole('listitem').last().locator('strong').last()).toHaveText('both')
    await see(field()).toHaveValue('')
    await see(field()).toBeFocused()
    await bench.page.keyboard.type('And a third.')
    await bench.page.keyboard.press('Control+Enter')
    await see(panel().getByRole('listitem').last()).toContainText('And a third.')
    await see(panel().getByRole('tab', { name: 'Comments' })).toContainText('3')
    await expect
      .poll(() => bench.api.bodies, patience)
      .toEqual([{ text: 'I tried **both** ways.' }, { text: 'And a third.' }])
    expect(bench.api.changes).toEqual(Array.from({ length: 2 }, () => 'POST /beads/lan-9/comments'))
  })

  it('that was refused stays in its field, with the reason', async () => {
    await bench.signIn('/board/lan-9?tab=comments')
    const detail = 'The Beads database is away.'
    bench.api.fail('POST /beads/lan-9/comments', 503, { code: 'work_plane_unavailable', detail, mend: 'Try again.' })
    await field().fill('Kept')
    await add().click()
    await see(panel().getByRole('alert')).toContainText(detail)
    await see(field()).toHaveValue('Kept')
    await see(panel().getByRole('listitem')).toHaveCount(1)
    await add().click()
    await see(panel().getByRole('listitem').last()).toContainText('Kept')
  })
})
