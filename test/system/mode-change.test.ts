/** From full mode to Beads-only mode in the console of a running project, on real servers (seed 001, 3). */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect as see } from '@playwright/test'
import { expect, it, onTestFinished } from 'vitest'
import type { ModeStatus } from '../../model/mode.ts'
import { createBeads } from '../../planes/work/create-beads.ts'
import { startDoltServer } from '../dolt-server.ts'
import { eventually } from './api-client.ts'
import { launchBrowser, patience } from './browser.ts'
import { processTree } from './process-tree.ts'
import { createProject, RunningGemba } from './running-gemba.ts'

const asks = ['Ask.', '```gemba-steps', 'ask Which colour? | red | blue', 'done', '```', ''].join('\n')

function programsBelow(pid: number): string {
  const all = [...processTree([pid]).keys()]
  return all.map((each) => readFileSync(`/proc/${each}/cmdline`, 'utf8').replaceAll('\0', ' ')).join('\n')
}

it('a person chooses another source: refused while an agent works, then all but the beads ends, and the next start is full', async () => {
  const dolt = await startDoltServer()
  onTestFinished(() => dolt.release())
  await createBeads({ host: dolt.host, port: dolt.port, user: dolt.user, database: 'plans', prefix: 'gm' })
  const address = `mysql://${dolt.user}@${dolt.host}:${dolt.port}/plans`
  const project = await createProject()
  onTestFinished(() => project.release())
  const gemba = await RunningGemba.start(project)
  await gemba.hostOnline()
  const { api } = gemba
  const browser = await launchBrowser()
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${project.port}/#token=${api.token}`)

  const bead = await api.create({ title: 'Ask', description: asks })
  await api.start(bead.id)
  const question = await eventually('the question is open', async () =>
    (await api.escalations()).find((found) => found.bead === bead.id && found.state === 'open'),
  )
  await page.goto(`http://127.0.0.1:${project.port}/board?panel=source`)
  const panel = page.locator('[data-project-panel]')
  await see(panel.getByText('Agents are not worked until Gemba is started again')).toBeVisible(patience)
  await panel.getByLabel('Address of the database').fill(address)
  await panel.getByRole('button', { name: 'Go over to Beads-only mode' }).click()
  await see(panel.getByText(`while agents are at work: ${bead.id}`)).toBeVisible(patience)
  expect((await api.get<ModeStatus>('/status')).mode).toBe('full')

  await api.answer(question.id, 'red')
  await eventually('the bead is done', async () => (await api.bead(bead.id)).status === 'closed')
  await eventually('the seat is free', async () => (await api.sessions()).every(({ endedAt }) => endedAt !== null))
  const before = await api.get<{ items: { number: number }[] }>('/sessions').then(() => gemba.pid)
  await panel.getByRole('button', { name: 'Go over to Beads-only mode' }).click()
  // The same browser, still signed in, is on the other source.
  await see(page.getByRole('button', { name: /^Beads-only/ }).first()).toBeVisible(patience)
  await see(page.locator('[data-source]')).toHaveText(address, patience)
  expect(await api.get<ModeStatus>('/status')).toMatchObject({ mode: 'beads_only', source: { display: address } })
  const programs = programsBelow(before)
  expect(programs).toMatch(/beads-only/)
  expect(programs).not.toMatch(/temporal|tmux|dist\/host|dist\/server|dolt sql-server/)
  const made = await api.create({ title: 'Planned' })
  expect(made.id).toMatch(/^gm-/)
  expect(readFileSync(join(project.folder, '.gemba', 'session-manifest.jsonl'), 'utf8')).toContain(made.id)
  await expect(api.start(made.id)).rejects.toMatchObject({ code: 'unavailable_in_mode' })
  expect(await gemba.stop()).toBe(130)

  const again = await RunningGemba.start(project)
  expect((await again.api.get<ModeStatus>('/status')).mode).toBe('full')
  expect((await again.api.bead(bead.id)).status).toBe('closed')
  await again.stop()
})
