/** Several people, files from elsewhere and who may only read, in the console, proved by database and manifest (seed 001, 9 and 12). */
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { expect, it } from 'vitest'
import { BeadsOnlyBench, dragCard, manifestOf, panelOf, see } from './beads-only-bench.ts'
import { startBeadsOnly } from './running-beads-only.ts'

const bench = new BeadsOnlyBench()

it('two people who write the same bead see both versions, and the second chooses', async () => {
  const { database, running, page } = await bench.begin()
  const { id } = await running.api.create({ title: 'Reader', description: 'Before.' })
  const other = await bench.open(running, `/board/${id}`)
  await page.getByRole('link', { name: 'Reader' }).click()
  const [mine, theirs] = [panelOf(page, id), panelOf(other, id)]
  await mine.getByRole('button', { name: 'Edit description' }).click()
  await mine.getByRole('textbox', { name: 'Description' }).fill('What I wrote.')
  await theirs.getByRole('button', { name: 'Edit description' }).click()
  await theirs.getByRole('textbox', { name: 'Description' }).fill('What they wrote.')
  await theirs.getByRole('button', { name: 'Save' }).click()
  await see(theirs.getByText('What they wrote.')).toBeVisible()
  await mine.getByRole('button', { name: 'Save' }).click()
  const conflict = mine.getByRole('alert')
  await see(conflict).toContainText('What I wrote.')
  await see(conflict).toContainText('What they wrote.')
  await see(conflict).toContainText('bead_changed')
  const stored = () => bench.rows(database, 'SELECT description FROM issues')
  expect(await stored()).toEqual([{ description: 'What they wrote.' }])
  expect(bench.manifestOf(running, database)).toHaveLength(2)
  await conflict.getByRole('radio', { name: 'Both, merged by you' }).check()
  await conflict.getByRole('textbox', { name: 'Description, merged' }).fill('What both wrote.')
  await conflict.getByRole('button', { name: 'Write merged' }).click()
  await see(conflict).toHaveCount(0)
  expect(await stored()).toEqual([{ description: 'What both wrote.' }])
  await see(mine.getByText('What both wrote.')).toBeVisible()
  await see(theirs.getByText('What both wrote.')).toBeVisible()
  expect(bench.manifestOf(running, database).slice(1)).toMatchObject([
    { action: 'work_item.edited', before: { description: 'Before.' }, after: { description: 'What they wrote.' } },
    { action: 'work_item.edited', after: { description: 'What both wrote.' } },
  ])

  // Another program is no different, and the server finds it out before the console has heard of it.
  await mine.getByRole('button', { name: 'Edit description' }).click()
  await mine.getByRole('textbox', { name: 'Description' }).fill('Too late.')
  await bench.rows(database, "UPDATE issues SET description = 'By SQL.', updated_at = NOW()")
  await mine.getByRole('button', { name: 'Save' }).click()
  await see(conflict).toContainText('By SQL.')
  await conflict.getByRole('button', { name: 'Keep what is there' }).click()
  await see(conflict).toHaveCount(0)
  await see(mine.getByText('By SQL.')).toBeVisible()
  expect(await stored()).toEqual([{ description: 'By SQL.' }])
  expect(bench.manifestOf(running, database)).toHaveLength(3)
})

function line(id: string, title: string, priority = 1): string {
  const times = { created_at: '2026-05-01T10:00:00Z', updated_at: '2026-05-01T10:00:00Z' }
  return JSON.stringify({ _type: 'issue', id, title, status: 'open', priority, issue_type: 'task', ...times })
}

async function exported(page: Page, form: string): Promise<Record<string, unknown>[]> {
  const coming = page.waitForEvent('download')
  await page.getByRole('button', { name: form }).click()
  const text = await readFile(await (await coming).path(), 'utf8')
  const lines = text.split('\n').filter(Boolean)
  return lines.map((one) => JSON.parse(one) as Record<string, unknown>)
}

it('an import is looked at line by line before anything is written, then carried out, told, and exported again', async () => {
  const { database, running, page } = await bench.begin('/exchange')
  const { id } = await running.api.create({ title: 'Newer here' })
  const lines = [line('gm-one', 'From afar'), '{ torn', line(id, 'Older there'), line('gm-two', 'Also from afar')]
  const file = { name: 'issues.jsonl', mimeType: 'application/x-ndjson', buffer: Buffer.from(lines.join('\n')) }
  await page.getByLabel('File to import').setInputFiles(file)
  const go = page.getByRole('button', { name: 'Import 2 beads' })
  await see(go).toBeVisible()
  await see(page.locator('[data-line]')).toContainText(['will be created', 'not taken', 'skipped', 'will be created'])
  await see(page.locator('[data-line="3"]')).toContainText('the database has a later version')
  const titles = () => bench.rows(database, 'SELECT title FROM issues ORDER BY title')
  expect(await titles()).toEqual([{ title: 'Newer here' }])
  expect(bench.manifestOf(running, database)).toHaveLength(1)
  await go.click()
  await see(page.getByText('The import has been carried out.')).toBeVisible()
  expect(await titles()).toEqual([{ title: 'Also from afar' }, { title: 'From afar' }, { title: 'Newer here' }])
  expect(bench.manifestOf(running, database).slice(1)).toMatchObject([
    { action: 'work_item.created', entity: { id: 'gm-one', title: 'From afar' } },
    { action: 'work_item.created', entity: { id: 'gm-two', title: 'Also from afar' } },
  ])
  for (const form of ['As bd exports', 'Every column']) {
    const issues = (await exported(page, form)).filter((one) => one['title'] !== undefined)
    const told = issues.map((one) => `${String(one['id'])} ${String(one['title'])}`)
    expect(told.sort()).toEqual([`${id} Newer here`, 'gm-one From afar', 'gm-two Also from afar'].sort())
  }
  await page.getByRole('link', { name: 'Board', exact: true }).click()
  await see(page.getByRole('link', { name: 'Also from afar' })).toBeVisible()
})

it('with --beads-read-only a drag is refused with code and reason, the card stays, and the manifest gains nothing', async () => {
  const { database, running } = await bench.begin()
  const { id } = await running.api.create({ title: 'Stays', labels: ['staged:true'] })
  const reader = await startBeadsOnly(['--beads-read-only', '--beads-url', bench.addressOf(database)])
  const page = await bench.open(reader, '/board?layout=kanban&panel=history')
  await see(page.getByRole('button', { name: 'Beads-read-only' }).first()).toBeVisible()
  await dragCard(page, id, 'started')
  const card = page.locator(`[data-lane="staged"] [data-bead="${id}"]`)
  await see(card.getByRole('alert')).toContainText('Stays in Staged.')
  await see(card.getByRole('alert')).toContainText('read_only')
  expect(await bench.rows(database, 'SELECT status FROM issues')).toEqual([{ status: 'open' }])
  expect(await bench.rows(database, 'SELECT label FROM labels')).toEqual([{ label: 'staged:true' }])
  expect(manifestOf(reader)).toEqual([])
  await see(page.locator('[data-project-panel]')).toContainText('Nothing is recorded')
  await see(page.getByRole('button', { name: /^Move .* to…/ })).toHaveCount(0)
})
