/** What the status tells of source and manifest, and what can be done about it, on a real server (seed 001, 3, 5 and 6). */
import type { Locator, Page } from '@playwright/test'
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { ModeStatus } from '../../model/mode.ts'
import { BeadsOnlyBench, manifestOf, newFolder, see } from './beads-only-bench.ts'
import { startBeadsOnly } from './running-beads-only.ts'

const bench = new BeadsOnlyBench()

function panelOn(page: Page): Locator {
  return page.locator('[data-project-panel]')
}

/** What one line of the status says. */
function lineOf(page: Page, name: string): Locator {
  const lines = panelOn(page).locator('dl > div')
  return lines.filter({ has: page.locator('dt', { hasText: name }) }).locator('dd')
}

async function change(page: Page, address: string, password = ''): Promise<void> {
  const panel = panelOn(page)
  await panel.getByRole('button', { name: 'Change source' }).click()
  await panel.getByLabel('Address of the database').fill(address)
  await panel.getByLabel('Password, if there is one').fill(password)
  await panel.getByRole('button', { name: 'Open', exact: true }).click()
}

it('a source that goes away is told with the reason, keeps what was read in sight, and is told when it is back', async () => {
  const { database, running, page } = await bench.begin('/board?panel=status')
  await running.api.create({ title: 'Here before' })
  const health = lineOf(page, 'Health')
  await see(health).toHaveText('answers')
  await see(lineOf(page, 'Access')).toHaveText('read and write')
  await see(lineOf(page, 'Orchestration')).toContainText('not applicable')
  await see(page.getByRole('link', { name: 'Here before' })).toBeVisible()
  const banner = page.getByRole('alert').filter({ hasText: 'The Beads database does not answer.' })
  await bench.whileAway(async () => {
    await page.getByRole('button', { name: 'Look again' }).click()
    await see(health).toContainText('does not answer')
    await see(health).toContainText('ECONNREFUSED')
    await see(banner).toContainText('ECONNREFUSED')
    await see(page.getByRole('link', { name: 'Here before' })).toBeVisible()
  })
  await page.getByRole('button', { name: 'Look again' }).click()
  await see(health).toHaveText('answers')
  await see(banner).toHaveCount(0)
  await running.api.create({ title: 'Here again' })
  await see(page.getByRole('link', { name: 'Here again' })).toBeVisible()
  expect(await bench.rows(database, 'SELECT title FROM issues')).toHaveLength(2)
  expect(bench.manifestOf(running, database).map(({ entity }) => entity.title)).toEqual(['Here before', 'Here again'])
})

it('leads to another source; board and history are of the one that is open, and one that can not be leaves it open', async () => {
  const { database, running, page } = await bench.begin('/board?panel=status')
  await running.api.create({ title: 'Of the first' })
  await see(page.getByRole('link', { name: 'Of the first' })).toBeVisible()
  const panel = panelOn(page)
  await change(page, bench.addressOf('not_there'))
  await see(panel.getByRole('alert')).toContainText('beads_database_missing')
  await see(panel.getByRole('alert')).toContainText('What was open stays open.')
  await see(page.getByRole('link', { name: 'Of the first' })).toBeVisible()
  await panel.getByRole('tab', { name: 'Status' }).click()
  const second = await bench.newDatabase()
  await change(page, bench.addressOf(second))
  await see(panel.locator('[data-source]')).toHaveText(bench.addressOf(second))
  await see(page.getByRole('link', { name: 'Of the first' })).toHaveCount(0)
  await running.api.create({ title: 'Of the second' })
  await see(page.getByRole('link', { name: 'Of the second' })).toBeVisible()
  await panel.getByRole('tab', { name: 'Beads history' }).click()
  const told = panel.locator('[data-entry]')
  await see(told).toContainText(['You created "Of the second".', `You connected to ${bench.addressOf(second)}`])
  expect(await bench.rows(database, 'SELECT title FROM issues')).toEqual([{ title: 'Of the first' }])
  expect(await bench.rows(second, 'SELECT title FROM issues')).toEqual([{ title: 'Of the second' }])
  const connected = manifestOf(running).filter(({ action }) => action === 'source.connected')
  const last = connected.slice(-2).map(({ source, entity }) => [entity.type, source.display])
  expect(last).toEqual([
    ['source', bench.addressOf(database)],
    ['source', bench.addressOf(second)],
  ])
})

it('a wrong password is told with its code, and the right one works; neither is shown or logged', async () => {
  const { running, page } = await bench.begin('/board?panel=status')
  const database = await bench.newDatabase()
  const login = `mike_${database}`
  await bench.rows(database, `CREATE USER '${login}'@'%' IDENTIFIED BY 'right-one'`)
  await bench.rows(database, `GRANT ALL ON ${database}.* TO '${login}'@'%'`)
  const panel = panelOn(page)
  await change(page, bench.addressOf(database, login), 'wrong-one')
  await see(panel.getByRole('alert')).toContainText('beads_login_refused')
  await see(panel.getByRole('alert')).toContainText(/access denied/i)
  await panel.getByLabel('Password, if there is one').fill('right-one')
  await panel.getByRole('button', { name: 'Open', exact: true }).click()
  await see(panel.locator('[data-source]')).toHaveText(bench.addressOf(database, login))
  await see(lineOf(page, 'Access')).toHaveText('read and write')
  await running.api.create({ title: 'Made' })
  expect(await bench.rows(database, 'SELECT title FROM issues')).toEqual([{ title: 'Made' }])
  const said = [running.said(), running.logged(), JSON.stringify(manifestOf(running)), await page.content()]
  said.push(JSON.stringify(await running.api.get<ModeStatus>('/status')))
  for (const text of said) expect(text).not.toMatch(/wrong-one|right-one/)
})

it('a manifest that can not be written is told in status and history, holds no write up, and is written once it can be', async () => {
  const path = join(newFolder(), 'manifest.jsonl')
  mkdirSync(path)
  const address = bench.addressOf(await bench.newDatabase())
  const running = await startBeadsOnly(['--beads-only', '--beads-url', address, '--beads-history', path])
  const page = await bench.open(running, '/board?panel=status')
  const manifest = lineOf(page, 'Session manifest')
  await see(manifest).toContainText('can not be written')
  await see(manifest).toContainText('There is a folder at its path.')
  await running.api.create({ title: 'Made all the same' })
  await see(page.getByRole('link', { name: 'Made all the same' })).toBeVisible()
  await see(manifest).toContainText('2 not written yet.')
  await panelOn(page).getByRole('tab', { name: 'Beads history' }).click()
  await see(panelOn(page).getByRole('alert')).toContainText('The history can not be written.')
  rmdirSync(path)
  await see(panelOn(page).getByRole('alert')).toHaveCount(0)
  await see(panelOn(page).locator('[data-entry]')).toContainText([
    'You created "Made all the same".',
    'gemba connected to',
  ])
  await panelOn(page).getByRole('tab', { name: 'Status' }).click()
  await see(manifest).toContainText('recorded')
  const written = readFileSync(path, 'utf8').split('\n').filter(Boolean)
  const actions = written.map((entry) => (JSON.parse(entry) as { action: string }).action)
  expect(actions).toEqual(['source.connected', 'work_item.created'])
})

it('a remote is set up in the status; an address that can not be one is refused', async () => {
  const { database, page } = await bench.begin('/board?panel=status')
  const remote = lineOf(page, 'Remote')
  await see(remote).toContainText('none')
  await page.getByRole('button', { name: 'Set up a remote' }).click()
  await page.getByRole('textbox', { name: 'Address' }).fill('nothing of the kind')
  await page.getByRole('button', { name: 'Set up', exact: true }).click()
  await see(panelOn(page).getByRole('alert')).toContainText('remote_invalid')
  expect(await bench.rows(database, 'SELECT name FROM dolt_remotes')).toEqual([])
  const url = `file://${newFolder()}`
  await page.getByRole('textbox', { name: 'Address' }).fill(url)
  await page.getByRole('button', { name: 'Set up', exact: true }).click()
  await see(remote).toContainText(url)
  expect(await bench.rows(database, 'SELECT name, url FROM dolt_remotes')).toEqual([{ name: 'origin', url }])
})
