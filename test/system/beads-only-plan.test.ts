/** A plan written, changed and thrown away in the console, proved by the database and the manifest (seed 001, 7, 8 and 12). */
import type { Locator, Page } from '@playwright/test'
import { expect, it } from 'vitest'
import { BeadsOnlyBench, goTo, panelOf, see } from './beads-only-bench.ts'

const bench = new BeadsOnlyBench()

/** Fills the form of a new bead, with the numbering that it suggests. */
async function write(page: Page, kind: string, title: string, number: string, parent = ''): Promise<Locator> {
  await page.keyboard.press('c')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: kind, exact: true }).check()
  await dialog.getByLabel('Title').fill(title)
  if (parent !== '') await pick(dialog, 'Parent', parent)
  const numbering = dialog.getByRole('group', { name: 'Numbering' })
  await see(numbering).toContainText(number)
  await numbering.getByRole('button', { name: 'Use it' }).click()
  return dialog
}

async function pick(dialog: Locator, field: string, words: string): Promise<void> {
  await dialog.getByRole('combobox', { name: field }).fill(words)
  await see(dialog.getByRole('listbox').getByRole('option').first()).toContainText(words)
  await dialog.getByRole('combobox', { name: field }).press('Enter')
}

/** Creates what was filled in; the id of the bead whose panel opens then, closed again. */
async function create(page: Page): Promise<string> {
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Create (?!another)/ })
    .click()
  await see(page.getByRole('dialog')).toHaveCount(0)
  const panel = page.getByRole('complementary', { name: /^Bead / })
  await see(panel).toBeVisible()
  const name = await panel.getAttribute('aria-label')
  await page.keyboard.press('Escape')
  await see(panel).toHaveCount(0)
  return name?.slice('Bead '.length) ?? ''
}

async function retitle(panel: Locator, title: string, result: string): Promise<void> {
  await panel.getByRole('button', { name: 'Edit title' }).click()
  await panel.getByRole('textbox', { name: 'Title' }).fill(title)
  await panel.getByRole('textbox', { name: 'Title' }).press('Enter')
  await see(panel.getByRole('heading', { name: result, exact: true })).toBeVisible()
}

it('milestone, epic, bead and decision are written with their numbers and pills, and told to who looks on', async () => {
  const { database, running, page } = await bench.begin()
  const onlooker = await bench.open(running, '/board?panel=history')
  await see(onlooker.locator('[data-project-panel]')).toContainText('You connected to')
  await write(page, 'Milestone', 'First light', 'M1:')
  const milestone = await create(page)
  await write(page, 'Decision', 'Keep JSONL', 'D1:')
  const decision = await create(page)
  await write(page, 'Epic', 'Reading', 'E1.1:', 'M1: First light')
  const epic = await create(page)
  const dialog = await write(page, 'Bead', 'Session manifest', 'E1.1.1:', 'E1.1: Reading')
  await pick(dialog, 'Tag with a decision or milestone', 'Keep JSONL')
  await pick(dialog, 'Tag with a decision or milestone', 'First light')
  await see(dialog.getByRole('button', { name: 'Remove tag D1' })).toBeVisible()
  const bead = await create(page)

  const rows = await bench.rows(database, 'SELECT id, issue_type AS type, title FROM issues ORDER BY title')
  expect(rows).toEqual([
    { id: decision, type: 'decision', title: 'D1: Keep JSONL' },
    { id: bead, type: 'task', title: 'E1.1.1: Session manifest' },
    { id: epic, type: 'epic', title: 'E1.1: Reading' },
    { id: milestone, type: 'milestone', title: 'M1: First light' },
  ])
  expect(await bench.rows(database, 'SELECT issue_id AS id, label FROM labels ORDER BY label')).toEqual([
    { id: bead, label: 'd:1' },
    { id: bead, label: `milestone:${milestone}` },
  ])
  const above = "SELECT depends_on_id AS parent FROM dependencies WHERE type = 'parent-child' AND issue_id = ?"
  expect(await bench.rows(database, above, [bead])).toEqual([{ parent: epic }])
  expect(await bench.rows(database, above, [epic])).toEqual([{ parent: milestone }])
  const entries = bench.manifestOf(running, database)
  expect(entries.map(({ action, actor, entity }) => [action, actor, entity.type, entity.id])).toEqual([
    ['milestone.created', 'mike', 'milestone', milestone],
    ['decision.created', 'mike', 'decision', decision],
    ['epic.created', 'mike', 'epic', epic],
    ['work_item.created', 'mike', 'bead', bead],
  ])

  const told = onlooker.locator('[data-project-panel] [data-entry]')
  const sentences = [
    'You created "E1.1.1: Session manifest".',
    'You created the epic "E1.1: Reading".',
    'You created the decision "D1: Keep JSONL".',
    'You created the milestone "M1: First light".',
    'You connected to mysql:',
  ]
  await see(told).toContainText(sentences)
  for (const [at, id] of [bead, epic, decision, milestone].entries()) {
    await told.nth(at).getByRole('link').click()
    await see(panelOf(onlooker, id)).toBeVisible()
    await onlooker.goBack()
  }
  const tagged = panelOf(onlooker, bead)
  await told.first().getByRole('link').click()
  await see(tagged.getByRole('link', { name: 'decision: D1: Keep JSONL' })).toBeVisible()
  await tagged.getByRole('link', { name: 'milestone: M1: First light' }).click()
  await see(panelOf(onlooker, milestone)).toBeVisible()
})

it('each of them is edited, its number staying, and moved to another lane', async () => {
  const { database, running, page } = await bench.begin('/board?panel=history')
  const { api } = running
  const milestone = await api.create({ title: 'M1: First light', type: 'milestone' })
  const epic = await api.create({ title: 'E1.1: Reading', type: 'epic', parent: milestone.id })
  const decision = await api.create({ title: 'D1: Keep JSONL', type: 'decision' })
  const bead = await api.create({ title: 'E1.1.1: Session manifest', parent: epic.id })
  const board = page.getByRole('grid', { name: 'Beads' })
  await board.getByRole('link', { name: 'M1: First light' }).click()
  await retitle(panelOf(page, milestone.id), 'Second light', 'M1: Second light')
  await board.getByRole('link', { name: 'E1.1: Reading' }).click()
  const epicPanel = panelOf(page, epic.id)
  await epicPanel.getByRole('button', { name: 'Edit description' }).click()
  await epicPanel.getByRole('textbox', { name: 'Description' }).fill('Reads **lines**.')
  await page.keyboard.press('Control+Enter')
  await see(epicPanel.locator('strong', { hasText: 'lines' })).toBeVisible()
  await board.getByRole('link', { name: 'D1: Keep JSONL' }).click()
  await panelOf(page, decision.id).getByLabel('Priority').selectOption('0')
  await board.getByRole('link', { name: 'E1.1.1: Session manifest' }).click()
  const panel = panelOf(page, bead.id)
  await panel.getByRole('tab', { name: 'Labels' }).click()
  await panel.getByLabel('Add a label').fill('ledger')
  await page.keyboard.press('Enter')
  await see(panel.getByRole('button', { name: 'Remove label ledger' })).toBeVisible()
  await panel.getByLabel('Lane').selectOption('In progress')
  await see.poll(() => bench.manifestOf(running, database).length).toBe(9)

  const columns = 'SELECT title, description, priority, status FROM issues WHERE id = ?'
  const stored = async (id: string) => (await bench.rows(database, columns, [id]))[0]
  expect(await stored(milestone.id)).toMatchObject({ title: 'M1: Second light' })
  expect(await stored(epic.id)).toMatchObject({ description: 'Reads **lines**.' })
  expect(await stored(decision.id)).toMatchObject({ priority: 0 })
  expect(await stored(bead.id)).toMatchObject({ status: 'in_progress' })
  expect(await bench.rows(database, 'SELECT issue_id AS id, label FROM labels')).toEqual([
    { id: bead.id, label: 'ledger' },
  ])
  const entries = bench.manifestOf(running, database).slice(4)
  expect(entries).toMatchObject([
    { action: 'work_item.edited', entity: { type: 'milestone' }, after: { title: 'M1: Second light' } },
    { action: 'work_item.edited', entity: { type: 'epic' }, after: { description: 'Reads **lines**.' } },
    { action: 'work_item.edited', entity: { type: 'decision' }, before: { priority: 2 }, after: { priority: 0 } },
    { action: 'work_item.edited', entity: { type: 'bead' }, after: { labels: ['ledger'] } },
    { action: 'work_item.state_changed', entity: { type: 'bead' }, after: { state_category: 'started' } },
  ])
  await panel.getByRole('button', { name: 'Close panel' }).click()
  const told = page.locator('[data-project-panel] [data-entry]')
  await see(told.nth(0)).toContainText('You moved "E1.1.1: Session manifest" from Next Up to In Progress.')
  await see(told.nth(1)).toContainText('You added the label "ledger" to "E1.1.1: Session manifest".')
  await see(told.nth(4)).toContainText('You renamed "M1: First light" to "M1: Second light".')
})

it('acceptance, design, notes and a comment are written in the panel, each over what was seen', async () => {
  const { database, running, page } = await bench.begin()
  const { id } = await running.api.create({ title: 'Reader' })
  await goTo(page, `/board/${id}`)
  const panel = panelOf(page, id)
  const sent: (string | undefined)[] = []
  page.on('request', (request) => request.method() === 'PATCH' && sent.push(request.headers()['if-match']))
  for (const name of ['Acceptance', 'Design', 'Notes']) {
    await panel.getByRole('button', { name, exact: true }).click()
    await panel.getByRole('textbox', { name }).fill(`${name} in **bold**`)
    await page.keyboard.press('Control+Enter')
    await see(panel.getByRole('heading', { name, exact: true })).toBeVisible()
    await see(panel.getByRole('textbox', { name })).toHaveCount(0)
  }
  await see(panel.locator('strong', { hasText: 'bold' })).toHaveCount(3)
  await panel.getByRole('button', { name: 'Edit design' }).click()
  await panel.getByRole('textbox', { name: 'Design' }).fill('')
  await page.keyboard.press('Control+Enter')
  await see(panel.getByRole('button', { name: 'Design', exact: true })).toBeVisible()
  expect(new Set(sent).size).toBe(4)
  expect(sent).not.toContain(undefined)
  const columns = 'SELECT acceptance_criteria, design, notes FROM issues'
  expect(await bench.rows(database, columns)).toEqual([
    { acceptance_criteria: 'Acceptance in **bold**', design: '', notes: 'Notes in **bold**' },
  ])

  await panel.getByRole('tab', { name: 'Comments' }).click()
  await see(panel).toContainText('Nobody has commented yet.')
  await panel.getByRole('textbox', { name: 'Comment' }).fill('Seen with <b>my</b> own eyes')
  await page.keyboard.press('Control+Enter')
  await see(panel.getByRole('listitem')).toContainText('Seen with <b>my</b> own eyes')
  await see(panel.getByRole('textbox', { name: 'Comment' })).toHaveValue('')
  expect(await bench.rows(database, 'SELECT author, text FROM comments')).toEqual([
    { author: 'mike', text: 'Seen with <b>my</b> own eyes' },
  ])
  const entries = bench.manifestOf(running, database).slice(1)
  expect(entries.map(({ action, entity }) => [action, entity.id])).toEqual(
    Array.from({ length: 5 }, () => ['work_item.edited', id]),
  )
})

it('a bead is deleted for good, not before it was asked, and the history says so', async () => {
  const { database, running, page } = await bench.begin()
  const { api } = running
  const epic = await api.create({ title: 'Reading', type: 'epic' })
  const bead = await api.create({ title: 'Reader', parent: epic.id })
  await page.getByRole('link', { name: 'Reading' }).click()
  await panelOf(page, epic.id).getByRole('button', { name: 'Delete for good…' }).click()
  const question = page.getByRole('dialog')
  await see(question).toContainText('It can not be taken back.')
  await see(question.getByRole('button', { name: 'Delete for good', exact: true })).toBeDisabled()
  await question.getByRole('button', { name: 'Keep it' }).click()
  await see(question).toHaveCount(0)
  expect(await bench.rows(database, 'SELECT id FROM issues')).toHaveLength(2)
  expect(bench.manifestOf(running, database)).toHaveLength(2)
  await panelOf(page, epic.id).getByRole('button', { name: 'Delete for good…' }).click()
  await question.getByLabel(`Type ${epic.id} to delete it`).fill(epic.id)
  await page.keyboard.press('Enter')
  await see(panelOf(page, epic.id)).toHaveCount(0)
  await see(page.getByRole('link', { name: 'Reading' })).toHaveCount(0)
  await see(page.getByRole('link', { name: 'Reader' })).toBeVisible()
  expect(await bench.rows(database, 'SELECT id FROM issues')).toEqual([{ id: bead.id }])
  expect(await bench.rows(database, 'SELECT * FROM dependencies')).toEqual([])
  expect(bench.manifestOf(running, database).slice(2)).toMatchObject([
    { action: 'work_item.deleted', entity: { type: 'epic', id: epic.id, title: 'Reading' } },
  ])
  await page.getByRole('tab', { name: 'Beads history' }).click()
  const told = page.locator('[data-project-panel] [data-entry]')
  await see(told.nth(0)).toContainText('You deleted "Reading".')
  await see(told.nth(0)).toContainText('deleted')
  await see(told.nth(0).getByRole('link')).toHaveCount(0)
})
