/** What a person in front of the console sees when parts of Gemba are killed, and what comes back. */
import { expect as see, type Browser } from '@playwright/test'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from './api-client.ts'
import { openBeads } from './beads-database.ts'
import { launchBrowser, patience, Viewer } from './browser.ts'
import { createProject, RunningGemba, type TestProject } from './running-gemba.ts'

let project: TestProject
let gemba: RunningGemba
let browser: Browser
let viewer: Viewer

const comesBack = { timeout: 60_000 }

beforeAll(async () => {
  project = await createProject()
  ;[gemba, browser] = await Promise.all([RunningGemba.start(project), launchBrowser()])
  await gemba.hostOnline()
  viewer = await Viewer.open(browser, gemba)
})

afterAll(async () => {
  await browser?.close()
  await gemba?.stop()
  await project?.release()
})

/** A bead whose agent waits for an answer. */
async function waiting(file: string): Promise<{ bead: string; session: string }> {
  const lines = [
    '```gemba-steps',
    `ask Go on with ${file}? | yes`,
    `append ${file} {answer}`,
    `commit ${file}`,
    'done',
    '```',
  ]
  const bead = (await gemba.api.create({ title: `Write ${file}`, description: lines.join('\n') })).id
  const session = await gemba.api.start(bead)
  await eventually('its question is open', async () =>
    (await gemba.api.escalations()).some((ask) => ask.bead === bead && ask.state === 'open'),
  )
  await viewer.sees(bead, 'started')
  return { bead, session }
}

async function answerInBrowser(file: string): Promise<void> {
  await viewer.go('/inbox')
  const question = viewer.page.locator('[data-escalation]').filter({ hasText: `Go on with ${file}?` })
  await question.getByRole('button', { name: 'yes' }).click(comesBack)
  await see(question.getByRole('button', { name: 'yes' })).toHaveCount(0, comesBack)
  await viewer.go('/board')
}

it('a killed server: reconnecting, then live, with all that happened meanwhile', async () => {
  const { bead, session } = await waiting('a.txt')
  const guest = await Viewer.open(browser, gemba)
  await guest.go(`/sessions/${session}`)
  await see(guest.page.locator('.xterm-rows')).toContainText('Go on with a.txt?', patience)
  const states = await viewer.record('[data-connection]')
  process.kill(await gemba.child('server'), 'SIGKILL')
  const beads = await openBeads(project.folder)
  await beads.query('UPDATE issues SET title = ? WHERE id = ?', ['Renamed while nobody listened', bead])
  await beads.end()
  await expect.poll(states, comesBack).toContain('reconnecting')
  await see(viewer.page.locator('[data-connection]')).toHaveText('live', comesBack)
  await see(viewer.card(bead)).toContainText('Renamed while nobody listened', patience)
  expect((await states())[0]).toBe('live')
  await see(guest.page.locator('.live-terminal header')).toContainText('live', comesBack)
  await see(guest.page.locator('.xterm-rows')).toContainText('Go on with a.txt?', patience)
  await answerInBrowser('a.txt')
  await see(viewer.lane('completed').locator(`[data-bead="${bead}"]`)).toBeVisible(comesBack)
  await guest.close()
}, 240_000)

it('a Beads database that hangs and is killed: a banner, then none, and the work goes on', async () => {
  const { bead } = await waiting('b.txt')
  const banner = viewer.page.getByText('The Beads database does not answer.')
  const dolt = await gemba.child('dolt')
  // A killed server alone may be back before anybody looked; one that is stopped answers nobody until it is killed.
  process.kill(dolt, 'SIGSTOP')
  await see(banner).toBeVisible(comesBack)
  process.kill(dolt, 'SIGKILL')
  await see(banner).toHaveCount(0, comesBack)
  await answerInBrowser('b.txt')
  await see(viewer.lane('completed').locator(`[data-bead="${bead}"]`)).toBeVisible(comesBack)
  expect(viewer.broken).toEqual([])
}, 240_000)
