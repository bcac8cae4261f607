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
    await see(bench.page.getByRole('alert')).toContainText('This is not the token of this Gemba.')
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
    await see(ask).not.toContainText('agent waits')
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

it('names the state of the connection whole, also on a phone', async () => {
  await bench.page.setViewportSize({ width: 390, height: 844 })
  await bench.signIn()
  await bench.page.route('**/api/**', (route) => route.abort())
  bench.api.drop()
  const state = bench.page.locator('[data-connection]')
  await see(state).toHaveText('reconnecting')
  const cut = await state.evaluate((box) => {
    const word = box.querySelector('span')?.getBoundingClientRect()
    const frame = box.getBoundingClientRect()
    return word === undefined || word.left < frame.left || word.right > frame.right || word.right > innerWidth
  })
  expect(cut).toBe(false)
})

it('says that an agent asks, but on the page that shows the question only to who hears it', async () => {
  await bench.signIn('/hosts')
  const asked = { ...bench.api.escalation('escalation/lantern/s2/1'), id: 'escalation/lantern/s2/9' }
  bench.api.emit({ kind: 'escalation.changed', escalation: asked })
  const look = bench.page.locator('.toasts').getByRole('link', { name: 'Look' })
  await see(look).toBeVisible()
  await bench.page.getByRole('link', { name: 'Sessions' }).click()
  await see(look).toBeVisible()
  await bench.page.locator('a[href="/sessions/s2"]').click()
  await see(bench.page.getByRole('button', { name: 'End session' })).toBeVisible()
  await see(look).toHaveCount(0)
  await see(bench.page.locator('.toasts')).toContainText('An agent asks')
})

it('finds anything and prints its keys', async () => {
  await bench.signIn()
  await bench.page.getByRole('button', { name: 'Find anything' }).click()
  const found = bench.page.getByRole('dialog').getByRole('option')
  await see(found.filter({ hasText: 'New bead' })).toHaveCount(1)
  await see(found.filter({ hasText: 'Next card' })).toHaveCount(0)
  await bench.page.keyboard.type('umlauts')
  await see(found).toContainText('lan-17, Next up')
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
