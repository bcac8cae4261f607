/** The panels to the right in Chromium: what they hide on a phone, and where the focus goes when they close. */
import { describe, expect, it } from 'vitest'
import { profileOf } from '../model/mode.ts'
import { ConsoleBench, see } from './testing/console-bench.ts'

const bench = new ConsoleBench()
const panel = () => bench.page.locator('aside')
const reached = () => bench.page.evaluate(() => document.activeElement?.closest('aside, nav, main, section') !== null)

/** Where Tab leads from the panel's beginning: everything that is not in it. */
async function tabbedOutside(): Promise<string[]> {
  await panel().getByRole('heading').first().focus()
  const outside: string[] = []
  for (let step = 0; step < 40; step += 1) {
    await bench.page.keyboard.press('Tab')
    const text = await bench.page.evaluate(() => {
      const at = document.activeElement
      return at === null || at === document.body || at.closest('aside') !== null ? null : at.outerHTML.slice(0, 90)
    })
    if (text !== null) outside.push(text)
  }
  return outside
}

describe.each([
  ['of a bead', '/board/lan-9'],
  ['of a bead of the backlog', '/backlog/lan-9'],
  ['of the project', '/backlog?panel=status'],
])('the panel %s', (_, path) => {
  it('on a phone leaves nothing of the page to be reached', async () => {
    bench.api.offer(profileOf('beads_only', false))
    await bench.page.setViewportSize({ width: 390, height: 844 })
    await bench.signIn(path)
    await see(panel()).toBeVisible()
    await see(bench.page.locator('[data-card]:visible')).toHaveCount(0)
    const beyond = (await tabbedOutside()).filter((html) => /data-card|class="title/.test(html))
    expect(beyond).toEqual([])
  })

  it('is closed by Escape wherever the focus is', async () => {
    bench.api.offer(profileOf('beads_only', false))
    await bench.signIn(path)
    await panel().getByRole('tab').first().focus()
    await bench.page.keyboard.press('Escape')
    await see(panel()).toHaveCount(0)
    expect(await reached()).toBe(true)
  })
})

it('gives the focus back to what opened it', async () => {
  bench.api.offer(profileOf('beads_only', false))
  await bench.signIn('/backlog')
  const pill = bench.page.getByRole('button', { name: 'Beads-only' }).first()
  await pill.focus()
  await bench.page.keyboard.press('Enter')
  await see(panel()).toBeVisible()
  await panel().getByRole('button', { name: 'Close panel' }).focus()
  await bench.page.keyboard.press('Enter')
  await see(panel()).toHaveCount(0)
  await see(pill).toBeFocused()
})
