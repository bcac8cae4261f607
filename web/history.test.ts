/** The Beads history in Chromium, against a double of the API: empty, populated, malformed, and as it grows. */
import { describe, expect, it } from 'vitest'
import { profileOf } from '../model/mode.ts'
import { ConsoleBench, patience, see } from './testing/console-bench.ts'
import { makeEntry, sampleHistory } from './testing/sample-history.ts'

const bench = new ConsoleBench()

async function open(): Promise<void> {
  bench.api.offer(profileOf('beads_only', false))
  await bench.signIn('/board?panel=history')
}

const tab = () => bench.page.getByRole('region', { name: 'Beads history' })
const entry = (number: number) => bench.page.locator(`[data-entry$="${number}"]`)
const state = { path: '.gemba/session-manifest.jsonl', status: 'ok', why: '', lost: 0 } as const

describe('the Beads history', () => {
  it('that is empty says when it begins', async () => {
    await open()
    await see(tab()).toContainText('Beads history begins after the current Beads-only session starts.')
    await see(tab().getByRole('listitem')).toHaveCount(0)
  })

  it('tells changes as sentences, by day, with who made them', async () => {
    bench.api.putManifest({ items: sampleHistory })
    await open()
    await see(entry(6)).toHaveText(
      '11:00 AM - You moved "A calendar that can be read aloud" from Staged to In Progress.',
    )
    await see(entry(5)).toHaveText('11:00 AM - jon changed the priority of "Visitors plan their visit" from P2 to P1.')
    await see(tab().getByRole('heading', { level: 3 })).toHaveText(['Today', 'Yesterday', '3 May 2026'])
    await see(entry(2)).toContainText('You connected to dolt://example/lantern.')
    await see(entry(2).getByRole('link')).toHaveCount(0)
  })

  it('opens what an entry is about, and says what was deleted', async () => {
    bench.api.putManifest({ items: sampleHistory })
    await open()
    await see(entry(4)).toContainText('You deleted "A fax number". deleted')
    await see(entry(4).getByRole('link')).toHaveCount(0)
    await entry(6).getByRole('link').click()
    await see(bench.page.getByRole('complementary', { name: 'Bead lan-3' })).toBeVisible()
  })

  it('shows what stands in the file as text', async () => {
    bench.api.putManifest({ items: sampleHistory })
    await open()
    await see(entry(3)).toContainText('You made "<img src=x onerror="window.hit=1">" depend on lan-5.')
    expect(await bench.page.evaluate(() => 'hit' in window)).toBe(false)
  })

  it('grows while one looks, each entry once, and says so to who does not see it', async () => {
    bench.api.putManifest({ items: sampleHistory })
    await open()
    await see(entry(6)).toBeVisible()
    const next = makeEntry(7, { action: 'work_item.created', before: {}, after: {} })
    bench.api.emit({ kind: 'manifest.appended', entry: next })
    bench.api.emit({ kind: 'manifest.appended', entry: next })
    await see(tab().getByRole('listitem').first()).toContainText('You created "A calendar that can be read aloud".')
    await see(bench.page.locator('[data-news]')).toContainText('You created "A calendar that can be read aloud".')
    await see(entry(7)).toHaveCount(1)
    bench.api.putManifest({ items: [next, ...sampleHistory] })
    await bench.page.reload()
    await see(tab().getByRole('listitem')).toHaveCount(6)
    await see(entry(7)).toHaveCount(1)
  })

  it('reads anew after the connection was lost', async () => {
    await open()
    await see(tab()).toContainText('Beads history begins')
    bench.api.putManifest({ items: sampleHistory })
    bench.api.drop()
    await see(entry(6)).toBeVisible()
  })

  it('shows lines that can not be read as warnings, and everything else', async () => {
    bench.api.putManifest({
      items: sampleHistory,
      warnings: [
        { line: 9, kind: 'torn', why: 'It breaks off: its writing was interrupted.' },
        { line: 4, kind: 'malformed', why: 'It is no entry: it is not a whole JSON object.' },
      ],
    })
    await open()
    await see(tab().getByRole('listitem')).toHaveCount(5)
    const warnings = bench.page.locator('[data-warnings]')
    await warnings.getByText('2 lines could not be read').click()
    await see(warnings.getByRole('listitem')).toHaveText([
      'Line 9: It breaks off: its writing was interrupted.',
      'Line 4: It is no entry: it is not a whole JSON object.',
    ])
  })

  it('says when it can not be written, and when it can again', async () => {
    bench.api.putManifest({
      items: sampleHistory,
      state: { ...state, status: 'failed', why: 'The disk is full.', lost: 2 },
    })
    await open()
    const alert = tab().getByRole('alert')
    await see(alert).toContainText('The history can not be written. The disk is full.')
    await see(alert).toContainText('2 changes are not in the history yet')
    await see(entry(6)).toBeVisible()
    bench.api.emit({ kind: 'manifest.changed', state })
    await see(alert).toHaveCount(0)
  })

  it('says why nothing is recorded', async () => {
    bench.api.putManifest({ state: { ...state, status: 'off', why: 'Gemba was started read-only' } })
    await open()
    await see(tab()).toContainText('Nothing is recorded: Gemba was started read-only.')
  })

  it('goes back as far as one likes', async () => {
    bench.api.putManifest({ items: Array.from({ length: 120 }, (_, index) => makeEntry(999 - index)) })
    await open()
    const shown = () => tab().getByRole('listitem').count()
    for (const count of [50, 100, 120]) {
      await expect.poll(shown, patience).toBe(count)
      if (count < 120) await tab().getByRole('button', { name: 'Show what was before' }).click()
    }
    await see(tab().getByRole('button', { name: 'Show what was before' })).toHaveCount(0)
  })
})
