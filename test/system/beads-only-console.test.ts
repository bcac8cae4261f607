/** What people do in the console of Beads-only mode, proved by the database and the session manifest (seed 001, 12). */
import { expect as seen, type Locator, type Page } from '@playwright/test'
import { describe, expect, it } from 'vitest'
import { actionsOf, BeadsOnlyBench, dragCard, manifestOf } from './beads-only-bench.ts'
import type { RunningBeadsOnly } from './beads-only-server.ts'
import { patience } from './browser.ts'
import { processTree } from './process-tree.ts'
import { startBeadsOnly } from './running-beads-only.ts'

const see = seen.configure(patience)
const bench = new BeadsOnlyBench()

async function begin(path?: string): Promise<{ database: string; running: RunningBeadsOnly; page: Page }> {
  const database = await bench.newDatabase()
  const running = await startBeadsOnly(['--beads-only', '--beads-url', bench.addressOf(database)])
  return { database, running, page: await bench.open(running, path) }
}

function panelOf(page: Page, bead: string): Locator {
  return page.getByRole('complementary', { name: `Bead ${bead}` })
}

describe('by mouse', () => {
  it('a card dragged to In progress is an edit, told at once beside the board, and nothing is started', async () => {
    const { database, running, page } = await begin('/board?layout=kanban&panel=history')
    const { id } = await running.api.create({ title: 'BOM-3: Session manifest', labels: ['staged:true'] })
    await see(page.locator(`[data-lane="staged"] [data-bead="${id}"]`)).toBeVisible()
    const programs = [...processTree([running.pid]).keys()]
    await dragCard(page, id, 'started')
    const told = page.locator('[data-project-panel] [data-entry]').filter({ hasText: 'from Staged to In Progress' })
    await see(told).toHaveCount(1)
    await see(page.locator(`[data-lane="started"] [data-bead="${id}"]`)).toBeVisible()
    expect(await bench.rows(database, 'SELECT status, assignee FROM issues WHERE id = ?', [id])).toEqual([
      { status: 'in_progress', assignee: null },
    ])
    expect(manifestOf(running).slice(2)).toMatchObject([
      {
        action: 'work_item.state_changed',
        actor: 'mike',
        entity: { type: 'bead', id },
        before: { state_category: 'staged' },
        after: { state_category: 'started' },
      },
    ])
    expect([...processTree([running.pid]).keys()]).toEqual(programs)
    await told.getByRole('link').click()
    await see(panelOf(page, id)).toBeVisible()
  })
})

describe('two people', () => {
  it('who write the same bead at once see both versions, and the second chooses', async () => {
    const { database, running, page } = await begin()
    const { id } = await running.api.create({ title: 'Reader', description: 'Before.' })
    const other = await bench.open(running, `/board/${id}`)
    await page.goto(new URL(`/board/${id}`, running.printed).href)
    const [mine, theirs] = [panelOf(page, id), panelOf(other, id)]
    await mine.getByRole('button', { name: 'Edit description' }).click()
    await mine.getByRole('textbox', { name: 'Description' }).fill('What I wrote.')
    await theirs.getByRole('button', { name: 'Edit description' }).click()
    await theirs.getByRole('textbox', { name: 'Description' }).fill('What they wrote.')
    await theirs.getByRole('button', { name: 'Save' }).click()
    await see(theirs.getByText('What they wrote.')).toBeVisible()
    // What they changed besides shows that the first window knows of it by now.
    await theirs.getByLabel('Priority').selectOption('0')
    await see(mine.getByLabel('Priority')).toHaveValue('0')
    await mine.getByRole('button', { name: 'Save' }).click()
    const conflict = mine.getByRole('alert')
    await see(conflict).toContainText('What I wrote.')
    await see(conflict).toContainText('What they wrote.')
    const stored = () => bench.rows(database, 'SELECT description FROM issues')
    expect(await stored()).toEqual([{ description: 'What they wrote.' }])
    await conflict.getByRole('radio', { name: 'Both, merged by you' }).check()
    await conflict.getByRole('textbox', { name: 'Description, merged' }).fill('What both wrote.')
    await conflict.getByRole('button', { name: 'Write merged' }).click()
    await see(conflict).toHaveCount(0)
    await see.poll(stored).toEqual([{ description: 'What both wrote.' }])
    expect(actionsOf(running).slice(2)).toEqual(['work_item.edited', 'work_item.edited', 'work_item.edited'])
  })
})

describe('an import', () => {
  it('is looked at line by line before anything is written, then carried out and told', async () => {
    const { database, running, page } = await begin('/exchange')
    const line = (id: string, title: string) =>
      JSON.stringify({
        ...{ _type: 'issue', id, title, status: 'open', priority: 1, issue_type: 'task' },
        ...{ created_at: '2026-05-01T10:00:00Z', updated_at: '2026-05-01T10:00:00Z' },
      })
    const text = [line('gm-one', 'From afar'), '{ torn', line('gm-two', 'Also from afar')].join('\n')
    await page.getByLabel('File to import').setInputFiles({
      name: 'issues.jsonl',
      mimeType: 'application/x-ndjson',
      buffer: Buffer.from(text),
    })
    const go = page.getByRole('button', { name: 'Import 2 beads' })
    await see(go).toBeVisible()
    await see(page.locator('[data-line="2"]')).toContainText('not taken')
    expect(await bench.rows(database, 'SELECT id FROM issues')).toEqual([])
    expect(actionsOf(running)).toEqual(['source.connected'])
    await go.click()
    await see(page.getByText('The import has been carried out.')).toBeVisible()
    expect(await bench.rows(database, 'SELECT id, title FROM issues ORDER BY id')).toEqual([
      { id: 'gm-one', title: 'From afar' },
      { id: 'gm-two', title: 'Also from afar' },
    ])
    expect(actionsOf(running)).toEqual(['source.connected', 'work_item.created', 'work_item.created'])
    await page.getByRole('link', { name: 'Board', exact: true }).click()
    await see(page.getByRole('link', { name: 'Also from afar' })).toBeVisible()
  })
})

describe('with --beads-read-only', () => {
  it('a drag is refused with code and reason, the card stays, and the manifest gains nothing', async () => {
    const database = await bench.newDatabase()
    const writer = await startBeadsOnly(['--beads-only', '--beads-url', bench.addressOf(database)])
    const { id } = await writer.api.create({ title: 'Stays', labels: ['staged:true'] })
    const reader = await startBeadsOnly(['--beads-read-only', '--beads-url', bench.addressOf(database)])
    const page = await bench.open(reader, '/board?layout=kanban')
    await dragCard(page, id, 'started')
    const card = page.locator(`[data-lane="staged"] [data-bead="${id}"]`)
    await see(card.getByRole('alert')).toContainText('read_only')
    await see(card.getByRole('alert')).toContainText('read-only')
    expect(await bench.rows(database, 'SELECT status FROM issues')).toEqual([{ status: 'open' }])
    expect(manifestOf(reader)).toEqual([])
    await see(page.getByRole('button', { name: /^Move .* to…/ })).toHaveCount(0)
  })
})
