/** `gemba serve` on a folder: a database that a Dolt server keeps, and one that bd keeps in files (seed 001, 3). */
import type { Page } from '@playwright/test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ModeStatus } from '../../model/mode.ts'
import { run } from '../../runtime/exec.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { filesProblem } from '../bd/bd-program.ts'
import { pointAtServer } from '../bd/point-at-server.ts'
import { ApiProblem } from './api-client.ts'
import { barePath, BeadsOnlyBench, manifestOf, newFolder, panelOf, see } from './beads-only-bench.ts'
import type { RunningBeadsOnly } from './beads-only-server.ts'
import { startBeadsOnly } from './running-beads-only.ts'

const bench = new BeadsOnlyBench()
const problem = await filesProblem()
if (problem !== undefined) console.warn(`Skipped, as ${problem}: \`gemba serve\` on a folder that bd keeps in files.`)

/** Has the folder name a database of the Dolt server. */
function point(folder: string, database: string): Promise<void> {
  const { host, port, user } = bench.dolt
  return pointAtServer(folder, { host, port, user, database })
}

function statusOf({ api }: RunningBeadsOnly): Promise<ModeStatus> {
  return api.get('/status')
}

/** Writes a bead by the form; its id. */
async function write(page: Page, title: string): Promise<string> {
  await page.keyboard.press('c')
  await page.getByRole('dialog').getByLabel('Title').fill(title)
  await page.keyboard.press('Enter')
  await see(page.getByRole('dialog')).toHaveCount(0)
  const panel = page.getByRole('complementary', { name: /^Bead / })
  await see(panel.getByRole('heading', { name: title })).toBeVisible()
  return (await panel.getAttribute('aria-label'))?.slice('Bead '.length) ?? ''
}

function actionsOf(running: RunningBeadsOnly): string[] {
  return manifestOf(running).map(({ action }) => action)
}

describe('a folder whose database a Dolt server keeps', () => {
  it('by --beads-dir is said to have none as long as it has none, then opened, and needs no bd', async () => {
    const folder = newFolder()
    const running = await startBeadsOnly(['--beads-only', '--beads-dir', folder], { PATH: barePath() })
    const page = await bench.open(running, '/board?panel=status')
    const panel = page.locator('[data-project-panel]')
    await see(panel).toContainText(`There is no Beads database in ${folder}`)
    await see(panel).toContainText('beads_missing')
    expect((await statusOf(running)).health.healthy).toBe(false)
    const database = await bench.newDatabase()
    await point(folder, database)
    await page.getByRole('button', { name: 'Look again' }).click()
    await see(panel).not.toContainText('There is no Beads database')
    await see(panel).toContainText('read and write')
    await see(panel.getByRole('heading', { name: 'Beads directory' })).toBeVisible()
    const id = await write(page, 'Made')
    expect(await bench.rows(database, 'SELECT id, title FROM issues')).toEqual([{ id, title: 'Made' }])
    expect(actionsOf(running)).toEqual(['source.connected', 'work_item.created'])
    expect(manifestOf(running)[1]?.source).toEqual({ kind: 'beads_dir', display: folder })
  })

  it('by --worktree is found, and nothing of a project is set up', async () => {
    const [folder, database] = [newFolder(), await bench.newDatabase()]
    await point(folder, database)
    const running = await startBeadsOnly(['--beads-only', '--worktree', folder], { PATH: barePath() })
    expect(await statusOf(running)).toMatchObject({
      source: { kind: 'worktree', display: folder, readonly: false },
      bd_found: false,
      project_required: false,
      privilege: 'read_write',
      health: { healthy: true },
    })
    const page = await bench.open(running, '/board?panel=status')
    await see(page.locator('[data-project-panel]').getByRole('heading', { name: 'Worktree' })).toBeVisible()
    const id = await write(page, 'Made')
    expect(await bench.rows(database, 'SELECT id FROM issues')).toEqual([{ id }])
    expect(existsSync(join(folder, '.gemba', 'gemba.toml'))).toBe(false)
    // The same by its .beads, in the running Gemba.
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Beads-only' }).first().click()
    const panel = page.locator('[data-project-panel]')
    await panel.getByRole('button', { name: 'Change source' }).click()
    await panel.getByRole('radio', { name: 'Beads directory' }).check()
    await panel.getByLabel('Folder on the machine of the server').fill(join(folder, '.beads'))
    await panel.getByRole('button', { name: 'Open', exact: true }).click()
    await see(panel.locator('[data-source]')).toHaveText(join(folder, '.beads'))
    await see(page.getByRole('link', { name: 'Made' })).toBeVisible()
  })
})

describe.skipIf(problem !== undefined)(
  `a folder whose database bd keeps in files${problem === undefined ? '' : `: ${problem}`}`,
  { timeout: 300_000 },
  () => {
    const bd = (folder: string, ...args: string[]) => {
      const env = { PATH: process.env['PATH'], HOME: folder, BD_NON_INTERACTIVE: '1' }
      return run(locateTool('bd'), args, { cwd: folder, env })
    }
    const titleIn = async (folder: string, id: string): Promise<string | undefined> => {
      const [shown] = JSON.parse(await bd(folder, 'show', id, '--json')) as { title: string }[]
      return shown?.title
    }

    it('is made by --worktree, written through bd, and shows what bd writes beside it; --restart has bd refuse too', async () => {
      const folder = newFolder()
      const running = await startBeadsOnly(['--beads-only', '--worktree', folder], { HOME: folder })
      expect(await statusOf(running)).toMatchObject({
        source: { kind: 'worktree', display: folder },
        privilege: 'read_write',
        health: { healthy: true },
      })
      expect(existsSync(join(folder, '.gemba', 'gemba.toml'))).toBe(false)
      const page = await bench.open(running, '/board')
      const id = await write(page, 'Made by hand')
      expect(await titleIn(folder, id)).toBe('Made by hand')
      const panel = panelOf(page, id)
      await panel.getByRole('button', { name: 'Edit title' }).click()
      await panel.getByRole('textbox', { name: 'Title' }).fill('Made better')
      await page.keyboard.press('Enter')
      await see(panel.getByRole('heading', { name: 'Made better' })).toBeVisible()
      expect(await titleIn(folder, id)).toBe('Made better')
      await bd(folder, 'create', 'By another program')
      await see(page.getByRole('link', { name: 'By another program' })).toBeVisible()
      expect(actionsOf(running)).toEqual(['source.connected', 'work_item.created', 'work_item.edited'])
      await running.stop()

      const flags = ['--beads-read-only', '--restart', '--beads-dir', folder]
      const reader = await startBeadsOnly(flags, { HOME: folder })
      expect(await statusOf(reader)).toMatchObject({ beads_read_only: true, privilege: 'read_only' })
      const seen = await bench.open(reader, `/board/${id}`)
      await see(panelOf(seen, id).getByRole('heading', { name: 'Made better' })).toBeVisible()
      await see(seen.getByRole('button', { name: 'Edit title' })).toHaveCount(0)
      const refused = await reader.api.create({ title: 'Never' }).catch((error: unknown) => error)
      expect(refused instanceof ApiProblem && refused.code).toBe('read_only')
      expect(manifestOf(reader)).toEqual([])
    })
  },
)
