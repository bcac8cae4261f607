/** The session page in Chromium: its live terminal and its history. */
import { describe, expect, it } from 'vitest'
import { paneSize } from '../model/pane-size.ts'
import { ConsoleBench, patience, see } from './testing/console-bench.ts'

const bench = new ConsoleBench()

/** Whatever has the shape of a control sequence: among them all that a terminal may answer. */
function* everyQuery(): Generator<string> {
  const letters = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)
  const parameters = ['', '0', '1', '5', '6', '14', '16', '18', '996', '1004']
  for (const final of letters(0x40, 0x7e).map((code) => String.fromCharCode(code)))
    for (const between of ['', ' ', '!', '"', '#', '$', "'", '*', '+', '\x1bc'])
      for (const prefix of ['', '?', '>', '=', '<'])
        yield parameters.map((parameter) => `\x1b[${prefix}${parameter}${between}${final}`).join('')
  for (const code of letters(0, 130)) yield `\x1b]${code};?\x07\x1b]${code};0;?\x1b\\`
  for (const query of ['$qm', '$q"p', '+q544e', '$qr']) yield `\x1bP${query}\x1b\\`
  yield '\x05\x1bZ'
}

async function paste(text: string): Promise<void> {
  await bench.page.locator('.xterm-helper-textarea').evaluate((field, pasted) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', pasted)
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, text)
}

describe('the terminal', () => {
  it('shows a whole pane on a desk, and on a phone all its rows in letters that can be read', async () => {
    const look = async (width: number, height: number) => {
      const page = await bench.open({ viewport: { width, height } })
      await bench.signIn('/sessions/s1', page)
      await see(page.locator('[data-terminal] .xterm-rows')).toContainText('Asking before I go on.')
      return page.locator('[data-terminal]').evaluate((pane) => ({
        letter: parseFloat(getComputedStyle(pane.querySelector('.xterm-rows') ?? pane).fontSize),
        rows: pane.querySelectorAll('.xterm-rows > div').length,
        beyondRight: pane.scrollWidth - pane.clientWidth,
        beyondBottom: pane.scrollHeight - pane.clientHeight,
      }))
    }
    const desk = await look(1440, 900)
    expect(desk).toMatchObject({ rows: paneSize.rows, beyondRight: 0, beyondBottom: 0 })
    expect(desk.letter).toBeGreaterThanOrEqual(11)
    const phone = await look(390, 844)
    expect(phone).toMatchObject({ rows: paneSize.rows, beyondBottom: 0 })
    expect(phone.letter).toBeGreaterThanOrEqual(10)
    expect(phone.beyondRight).toBeGreaterThan(0)
  })

  it('shows live bytes, sends nothing unasked, and types only under control', async () => {
    await bench.signIn('/sessions/s1')
    const rows = bench.page.locator('[data-terminal] .xterm-rows')
    await see(rows).toContainText('Asking before I go on.')
    await bench.page.locator('.xterm-screen').click()
    await bench.page.keyboard.type('rm')
    expect(bench.api.typed).toEqual([])
    await bench.page.getByRole('button', { name: 'Take control' }).click()
    await see(bench.page.getByText('What you type goes to the agent')).toBeVisible()
    await bench.page.keyboard.type('y')
    await expect.poll(() => bench.api.typed, patience).toContainEqual({ type: 'keys', data: 'y' })
  })

  it('answers nothing that a program asks, and reports neither focus nor mouse', async () => {
    await bench.signIn('/sessions/s1')
    const rows = bench.page.locator('[data-terminal] .xterm-rows')
    await bench.page.getByRole('button', { name: 'Take control' }).click()
    await see(bench.page.getByText('What you type goes to the agent')).toBeVisible()
    for (const part of everyQuery()) bench.api.draw(part)
    bench.api.draw('\x1bc\x1b[?2004;1000;1004h\x1b[?1003h\x1b[?1006h\x1b[?1049hAll was asked.')
    await see(rows).toContainText('All was asked.')
    await bench.page.locator('.xterm-screen').click()
    await bench.page.locator('.xterm-screen').click({ modifiers: ['Alt'], position: { x: 90, y: 90 } })
    await bench.page.mouse.wheel(0, 300)
    await bench.page.getByRole('heading', { level: 1 }).click()
    await bench.page.locator('.xterm-helper-textarea').focus()
    await bench.page.keyboard.type('q')
    await paste('two\nlines')
    await expect
      .poll(() => bench.api.typed, patience)
      .toContainEqual({ type: 'keys', data: '\x1b[200~two\rlines\x1b[201~' })
    expect(bench.api.typed.filter((sent) => (sent as { type: string }).type === 'keys')).toEqual([
      { type: 'keys', data: 'q' },
      { type: 'keys', data: '\x1b[200~two\rlines\x1b[201~' },
    ])
  })

  it('traps nobody: Tab passes by while read only, and Ctrl . gives the keyboard back', async () => {
    await bench.signIn('/sessions/s1')
    await see(bench.page.locator('[data-terminal] .xterm-rows')).toContainText('Asking before I go on.')
    const toggle = bench.page.getByRole('button', { name: /control/ })
    await toggle.focus()
    await bench.page.keyboard.press('Tab')
    await see(bench.page.locator('.xterm-helper-textarea')).toBeFocused()
    await bench.page.keyboard.press('Tab')
    await see(bench.page.locator('.xterm-helper-textarea')).not.toBeFocused()
    await toggle.focus()
    await bench.page.keyboard.press('Enter')
    await see(bench.page.locator('.xterm-helper-textarea')).toBeFocused()
    await bench.page.keyboard.press('Tab')
    await expect.poll(() => bench.api.typed, patience).toContainEqual({ type: 'keys', data: '\t' })
    await bench.page.keyboard.press('Control+.')
    await see(bench.page.getByText('Read only')).toBeVisible()
    await see(toggle).toBeFocused()
    await bench.page.locator('.xterm-helper-textarea').focus()
    await bench.page.keyboard.press('?')
    await see(bench.page.getByRole('dialog')).toContainText('What works on this page')
  })

  it('comes back by itself, without control', async () => {
    await bench.signIn('/sessions/s1')
    await bench.page.getByRole('button', { name: 'Take control' }).click()
    await see(bench.page.getByText('What you type goes to the agent')).toBeVisible()
    bench.api.drop()
    await see(bench.page.getByText('Read only')).toBeVisible()
    await see(bench.page.locator('.live-terminal header')).toContainText('live')
    await see(bench.page.locator('[data-terminal] .xterm')).toHaveCount(1)
  })
})

describe('what happened in a session', () => {
  const entries = () => bench.page.locator('[data-happened] p:first-child').allTextContents()

  it('was there before the page was opened, goes on live, and leads back to the beginning, each step once', async () => {
    await bench.signIn('/sessions/s1')
    const working = bench.page.locator('[data-happened]').filter({ hasText: 'step 130' })
    await see(working).toHaveCount(1)
    bench.api.emit({ kind: 'session.changed', session: { ...bench.api.session('s1'), note: 'step 131' } })
    await see(bench.page.locator('[data-happened]').first()).toContainText('step 131')
    await see(bench.page.locator('[data-happened]').filter({ hasText: 'mira started' })).toHaveCount(0)
    await bench.page.getByRole('button', { name: 'Show what was before' }).click()
    await see(bench.page.locator('[data-happened]').last()).toContainText('mira started scripted on host local')
    await see(bench.page.getByRole('button', { name: 'Show what was before' })).toHaveCount(0)
    const steps = (await entries()).filter((text) => text.startsWith('step '))
    expect(steps).toEqual(Array.from({ length: 130 }, (_, index) => `step ${131 - index}`))
  })

  it('has no gap and no repeat after the connection was lost', async () => {
    await bench.signIn('/sessions/s1')
    await see(bench.page.locator('[data-happened]').first()).toContainText('step 130')
    bench.api.drop()
    for (const step of [131, 132, 133])
      bench.api.emit({ kind: 'session.changed', session: { ...bench.api.session('s1'), note: `step ${step}` } })
    await see(bench.page.locator('[data-happened]').first()).toContainText('step 133')
    expect((await entries()).slice(0, 5)).toEqual(['step 133', 'step 132', 'step 131', 'step 130', 'step 129'])
  })

  it('says so where nothing is recorded, and where it can not be read', async () => {
    await bench.signIn('/sessions/s3')
    await see(bench.page.getByText('Nothing is recorded yet.')).toBeVisible()
    await bench.page.route('**/api/v1/sessions/s3/events*', (route) => route.abort())
    await bench.page.reload()
    await see(bench.page.getByText('Its history could not be read')).toBeVisible()
    await bench.page.unroute('**/api/v1/sessions/s3/events*')
    await bench.page.getByRole('button', { name: 'Read again' }).click()
    await see(bench.page.getByText('Nothing is recorded yet.')).toBeVisible()
  })
})
