/** The console as a whole: signing in, the inbox, finding things, losing the server. */
import { describe, expect, it } from 'vitest'
import { ConsoleBench, see } from './testing/console-bench.ts'

const bench = new ConsoleBench()

describe('signing in', () => {
  it('takes the token from the printed address, once', async () => {
    await bench.signIn('/inbox')
    expect(bench.page.url()).toBe(`${bench.api.url}/inbox`)
    expect(await bench.page.evaluate(() => document.body.outerHTML + JSON.stringify(localStorage))).not.toContain(
      bench.api.token,
    )
    await bench.page.reload()
    await see(bench.page.getByRole('heading', { name: 'Inbox' })).toBeVisible()
  })

  it('says calmly what to do without it, and takes a pasted address', async () => {
    await bench.page.goto(`${bench.api.url}/board`)
    await see(bench.page.getByRole('heading', { name: 'Open the printed address' })).toBeVisible()
    await bench.page.getByLabel('Address or token').fill('wrong')
    await bench.page.getByRole('button', { name: 'Open the console' }).click()
    await see(bench.page.getByRole('alert')).toContainText('not_signed_in')
    await bench.page.getByLabel('Address or token').fill(`${bench.api.url}/#token=${bench.api.token}`)
    await bench.page.getByRole('button', { name: 'Open the console' }).click()
    await see(bench.card('lan-3')).toBeVisible()
  })
})

describe('signing out', () => {
  it('ends it in every window of this browser', async () => {
    await bench.signIn()
    const second = await bench.page.context().newPage()
    await second.goto(`${bench.api.url}/board`)
    await see(second.locator('[data-connection]')).toHaveText('live')
    await bench.page.getByRole('button', { name: 'Sign out' }).click()
    for (const one of [bench.page, second]) {
      await see(one.getByRole('heading', { name: 'Open the printed address' })).toBeVisible()
    }
    expect(await bench.page.evaluate(() => localStorage.getItem('gemba.browser'))).toBeNull()
    await bench.page.reload()
    await see(bench.page.getByRole('heading', { name: 'Open the printed address' })).toBeVisible()
  })
})

describe('the inbox', () => {
  it('answers, and tells decided from delivered', async () => {
    await bench.signIn('/inbox')
    const ask = bench.page.locator('[data-escalation="escalation/lantern/s2/1"]')
    await ask.getByRole('button', { name: 'Approve' }).click()
    await see(ask).toContainText('Decided by mira (console), waiting for host local.')
    expect(bench.api.changes).toEqual(['POST /escalations/escalation/lantern/s2/1/answer'])
  })

  it('asks twice before what destroys', async () => {
    await bench.signIn('/inbox')
    await bench.page.getByRole('button', { name: 'Throw the calendar away' }).click()
    expect(bench.api.changes).toEqual([])
    await bench.page.getByRole('button', { name: 'Really: Throw the calendar away' }).click()
    await see(bench.page.locator('[data-escalation="escalation/lantern/s1/2"]')).toContainText('Decided by mira')
  })

  it('tells a late answer who was first', async () => {
    bench.api.fail('POST /escalations/escalation/lantern/s2/1/answer', 409, {
      code: 'already_decided',
      detail: 'This was already decided.',
      mend: 'Nothing to do.',
      params: { by: 'jon', at: '2026-11-01T10:42:00Z' },
    })
    await bench.signIn('/inbox')
    await bench.page.getByRole('button', { name: 'Approve' }).click()
    await see(bench.page.getByText('Already decided by jon')).toBeVisible()
  })
})

it('reads everything anew after the connection was lost', async () => {
  await bench.signIn()
  bench.api.put([{ ...bench.api.bead('lan-9'), title: 'Changed while nobody listened', revision: 1 }])
  bench.api.drop()
  await see(bench.card('lan-9')).toContainText('Changed while nobody listened')
  await see(bench.page.locator('[data-connection]')).toHaveText('live')
})

it('finds anything and prints its keys', async () => {
  await bench.signIn()
  await bench.page.keyboard.press('Control+k')
  await bench.page.keyboard.type('umlauts')
  await bench.page.keyboard.press('Enter')
  await see(bench.page.locator('aside')).toContainText('lan-17')
  await bench.page.keyboard.press('Escape')
  await see(bench.page.locator('aside')).toHaveCount(0)
  await bench.page.keyboard.press('?')
  await see(bench.page.getByRole('dialog')).toContainText('Move the focused card to…')
  await bench.page.keyboard.press('Escape')
  await see(bench.page.getByRole('dialog')).toHaveCount(0)
  await bench.page.keyboard.press('g')
  await bench.page.keyboard.press('h')
  await see(bench.page.getByRole('heading', { name: 'Hosts' })).toBeVisible()
})
