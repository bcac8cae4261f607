/** A person in control of a real pane in which a program asks its terminal things: only tmux answers. */
import { expect as see, type Browser } from '@playwright/test'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser, patience, Viewer } from './browser.ts'
import { createProject, RunningGemba, type TestProject } from './running-gemba.ts'

let project: TestProject
let gemba: RunningGemba
let browser: Browser

const agent = [
  '[[agent]]',
  'name = "asker"',
  `command = ${JSON.stringify(process.execPath)}`,
  'args = ["asker.mjs"]',
  'hooks = "none"',
  'preamble = "file"',
  'max_parallel = 2',
  'interaction_mode = "balanced"',
].join('\n')

/**
 * At `a` it asks for attributes, the cursor, a mode and colours, and wants focus and mouse reported; at `e` it says
 * what has come in since.
 */
const asker = `
const queries = '\\x1b[c\\x1b[>c\\x1b[6n\\x1b[5n\\x1b[?2004$p\\x1b]10;?\\x07\\x1b]11;?\\x07\\x1b[?1004h\\x1b[?1000h\\x1b[?1006h'
let heard = ''
process.stdin.setRawMode(true)
process.stdin.setEncoding('latin1')
process.stdout.write('Ready to ask.\\r\\n')
process.stdin.on('data', (data) => {
  for (const key of data) {
    if (key === 'a') {
      heard = ''
      process.stdout.write(queries + 'Everything was asked.\\r\\n')
    } else if (key === 'e') process.stdout.write('Heard [' + Buffer.from(heard, 'latin1').toString('hex') + '].\\r\\n')
    else heard += key
  }
})
`

beforeAll(async () => {
  project = await createProject({ agents: agent, defaultAgent: 'asker', files: { 'asker.mjs': asker } })
  ;[gemba, browser] = await Promise.all([RunningGemba.start(project), launchBrowser()])
  await gemba.hostOnline()
})

afterAll(async () => {
  await browser?.close()
  await gemba?.stop()
  await project?.release()
})

it('a program that asks hears its own tmux once, and what is typed; never the terminal of the viewer', async () => {
  const bead = await gemba.api.create({ title: 'Ask the terminal' })
  const session = await gemba.api.start(bead.id)
  const viewer = await Viewer.open(browser, gemba)
  await viewer.go(`/sessions/${session}`)
  const rows = viewer.page.locator('.xterm-rows')
  await see(rows).toContainText('Ready to ask.', patience)
  await viewer.page.getByRole('button', { name: 'Take control' }).click()
  await see(viewer.page.getByText('What you type goes to the agent')).toBeVisible(patience)
  await viewer.page.keyboard.type('a')
  await see(rows).toContainText('Everything was asked.', patience)
  await viewer.page.getByRole('heading', { level: 1 }).click()
  await viewer.page.locator('.xterm-screen').click()
  await viewer.page.keyboard.type('xyze')
  await see(rows).toContainText(/Heard \[[0-9a-f]*\]\./, patience)
  const shown = (await rows.innerText()).replaceAll(/\s/g, '')
  const heard = Buffer.from(/Heard\[([0-9a-f]*)\]\./.exec(shown)?.[1] ?? '', 'hex').toString('latin1')
  expect(count(heard, /\x1b\[\?[\d;]*c/g), 'attributes').toBe(1)
  expect(count(heard, /\x1b\[>[\d;]*c/g), 'more attributes').toBe(1)
  expect(count(heard, /\x1b\[\d+;\d+R/g), 'cursor').toBe(1)
  expect(count(heard, /\x1b\[0n/g), 'status').toBe(1)
  expect(count(heard, /\x1b\](10|11);/g), 'colours').toBeLessThanOrEqual(2)
  expect(count(heard, /\x1b\[[IO]|\x1b\[(M|<)/g), 'focus and mouse').toBe(0)
  expect(heard).toMatch(/xyz$/)
  expect(viewer.broken).toEqual([])
  await viewer.close()
})

function count(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0
}
