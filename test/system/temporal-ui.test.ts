/** Temporal's own web pages behind the gate: a real Chromium on a real `gemba serve` with its embedded server. */
import { expect as see, type Browser, type Page } from '@playwright/test'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from './api-client.ts'
import { launchBrowser, patience, Viewer } from './browser.ts'
import { createProject, RunningGemba, type TestProject } from './running-gemba.ts'

interface Described {
  readonly workflowExecutionInfo: { readonly status: string }
}

let project: TestProject
let gemba: RunningGemba
let browser: Browser
let viewer: Viewer
let session: string

beforeAll(async () => {
  project = await createProject()
  ;[gemba, browser] = await Promise.all([RunningGemba.start(project), launchBrowser()])
  await gemba.hostOnline()
  const description = ['```gemba-steps', 'ask Who are you? | nobody', 'done', '```'].join('\n')
  session = await gemba.api.start((await gemba.api.create({ title: 'Long work', description })).id)
  await eventually('its question is open', async () => (await gemba.api.escalations()).length > 0)
  viewer = await Viewer.open(browser, gemba)
})

afterAll(async () => {
  await browser?.close()
  await gemba?.stop()
  await project?.release()
})

/** Opens Temporal's pages as a person does, and notes what their policy refuses. */
async function openTemporal(): Promise<{ page: Page; refused: string[] }> {
  const opened = viewer.page.context().waitForEvent('page')
  await viewer.page.getByRole('link', { name: 'Temporal UI' }).click()
  const page = await opened
  const refused: string[] = []
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) refused.push(message.text())
  })
  return { page, refused }
}

it('the link leads to them, and they work: workflows are listed, and one is ended by a person', async () => {
  const { page, refused } = await openTemporal()
  await see(page).toHaveURL(/\/temporal\//, patience)
  await page.goto(`${viewer.origin}/temporal/namespaces/gemba/workflows`)
  const link = page.getByRole('link', { name: `session/test/${session}` }).first()
  await see(link).toBeVisible(patience)
  await link.click()
  await see(page).toHaveURL(/\/timeline|\/history/, patience)
  await page.getByRole('button', { name: 'More Actions' }).click(patience)
  await page.getByRole('menuitem', { name: 'Terminate' }).click(patience)
  await page.getByRole('dialog').getByRole('button', { name: 'Terminate' }).click(patience)
  await eventually('the workflow has ended', async () =>
    page.evaluate(
      async (path) => {
        const { workflowExecutionInfo: info } = (await (await fetch(path)).json()) as Described
        return info.status === 'WORKFLOW_EXECUTION_STATUS_TERMINATED'
      },
      `/temporal/api/v1/namespaces/gemba/workflows/${encodeURIComponent(`session/test/${session}`)}`,
    ),
  )
  expect(refused).toEqual([])
  await page.close()
})
