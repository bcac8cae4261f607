/** Dependencies, the graph, and many beads at once in the console, proved by the database and the manifest (seed 001, 5 and 12). */
import { expect, it } from 'vitest'
import { BeadsOnlyBench, dragCard, goTo, panelOf, see } from './beads-only-bench.ts'
import { processTree } from './process-tree.ts'

const bench = new BeadsOnlyBench()
const edges = 'SELECT issue_id AS bead, depends_on_id AS needs, type FROM dependencies'

it('a dependency is added and shown in the graph, a circle is refused beside the field, and it is removed', async () => {
  const { database, running, page } = await bench.begin()
  const tables = await running.api.create({ title: 'Tables' })
  const reader = await running.api.create({ title: 'Reader' })
  await goTo(page, `/board/${reader.id}?tab=dependencies`)
  const panel = panelOf(page, reader.id)
  await panel.getByRole('combobox', { name: 'Bead it depends on' }).fill('Tables')
  await see(panel.getByRole('listbox').getByRole('option')).toHaveCount(1)
  await page.keyboard.press('Enter')
  await panel.getByRole('button', { name: 'Add', exact: true }).click()
  await see(panel.getByRole('listitem').filter({ hasText: 'Tables' })).toContainText('waits for')
  expect(await bench.rows(database, edges)).toEqual([{ bead: reader.id, needs: tables.id, type: 'blocks' }])

  await goTo(page, `/board/${tables.id}?tab=dependencies&layout=graph&around=${reader.id}`)
  const edge = page.locator(`[data-edge="${tables.id} blocks ${reader.id}"]`)
  await see(edge).toBeAttached()
  await see(page.locator(`[data-node="${reader.id}"]`)).toContainText('blocked')
  const other = panelOf(page, tables.id)
  await other.getByRole('combobox', { name: 'Bead it depends on' }).fill(reader.id)
  await other.getByRole('button', { name: 'Add', exact: true }).click()
  await see(other.getByRole('alert')).toContainText('dependency_cycle')
  await see(other.getByRole('alert')).toContainText(`${tables.id} → ${reader.id} → ${tables.id}`)
  expect(await bench.rows(database, edges)).toHaveLength(1)

  await other.getByRole('button', { name: `Remove: ${reader.id} no longer depends on it` }).click()
  await see(other).toContainText('Nothing depends on it.')
  await see(edge).toHaveCount(0)
  await see(page.locator(`[data-node="${reader.id}"]`)).not.toContainText('blocked')
  expect(await bench.rows(database, edges)).toEqual([])
  const changed = { action: 'dependency.changed', entity: { type: 'bead', id: reader.id } }
  expect(bench.manifestOf(running, database).slice(2)).toMatchObject([
    { ...changed, before: {}, after: { depends_on: tables.id, kind: 'blocks' } },
    { ...changed, before: { depends_on: tables.id, kind: 'blocks' }, after: {} },
  ])
})

it('several beads are changed, closed and deleted together, and what can be is taken back', async () => {
  const { database, running, page } = await bench.begin()
  const ids: string[] = []
  for (const title of ['One', 'Two', 'Three']) ids.push((await running.api.create({ title })).id)
  const stored = async () => {
    const rows = await bench.rows(database, 'SELECT title, status, priority FROM issues ORDER BY title')
    return rows.map(({ title, status, priority }) => `${title} ${status} ${priority}`)
  }
  for (const id of ids.slice(0, 2)) await page.getByRole('checkbox', { name: `Select ${id}` }).click()
  const bar = page.locator('[data-bulk]')
  await see(bar).toContainText('2 selected')
  await bar.getByRole('button', { name: 'Edit…' }).click()
  await bar.getByLabel('Priority').selectOption('0')
  await bar.getByRole('button', { name: 'Change all' }).click()
  const messages = page.getByRole('region', { name: 'Messages' })
  await see(messages).toContainText('Changed 2 beads')
  expect(await stored()).toEqual(['One open 0', 'Three open 2', 'Two open 0'])
  await messages.getByRole('button', { name: 'Undo' }).click()
  await see(messages).toContainText('Taken back at 2 beads')
  expect(await stored()).toEqual(['One open 2', 'Three open 2', 'Two open 2'])
  await bar.getByRole('button', { name: 'Close…' }).click()
  await page.getByRole('dialog').getByLabel('Reason').fill('Not wanted')
  await page.keyboard.press('Enter')
  await see(messages).toContainText('Closed 2 beads')
  expect(await stored()).toEqual(['One closed 2', 'Three open 2', 'Two closed 2'])
  await messages.getByRole('button', { name: 'Undo' }).last().click()
  await see.poll(stored).toEqual(['One open 2', 'Three open 2', 'Two open 2'])
  await bar.getByRole('button', { name: 'Delete…' }).click()
  const question = page.getByRole('dialog')
  await see(question.getByRole('button', { name: 'Delete 2 beads' })).toBeDisabled()
  await question.getByRole('textbox').fill('2')
  await question.getByRole('button', { name: 'Delete 2 beads' }).click()
  await see(page.getByRole('checkbox', { name: /^Select / })).toHaveCount(1)
  await see.poll(stored).toEqual(['Three open 2'])
  const actions = bench.manifestOf(running, database).map(({ action }) => action)
  const twice = (action: string) => [action, action]
  expect(actions.slice(3)).toEqual([
    ...['work_item.edited', 'work_item.edited', 'work_item.state_changed', 'work_item.state_changed'].flatMap(twice),
    ...twice('work_item.deleted'),
  ])
})

it('a card dragged to In progress is an edit, told at once beside the board, and nothing is started', async () => {
  const { database, running, page } = await bench.begin('/board?layout=kanban&panel=history')
  const { id } = await running.api.create({ title: 'BOM-3: Session manifest', labels: ['staged:true'] })
  const programs = [...processTree([running.pid]).keys()]
  await dragCard(page, id, 'started')
  const told = page.locator('[data-project-panel] [data-entry]').filter({ hasText: 'from Staged to In Progress' })
  await see(told).toHaveCount(1)
  await see(page.locator(`[data-lane="started"] [data-bead="${id}"]`)).toBeVisible()
  const stored = () => bench.rows(database, 'SELECT status, assignee FROM issues')
  expect(await stored()).toEqual([{ status: 'in_progress', assignee: null }])
  expect([...processTree([running.pid]).keys()]).toEqual(programs)
  await told.getByRole('link').click()
  await see(panelOf(page, id)).toBeVisible()
  await page.keyboard.press('Escape')

  // The keyboard's way to the same: back to where it was.
  await page.locator(`[data-bead="${id}"] a`).first().focus()
  await page.keyboard.press('m')
  await see(page.getByRole('menu', { name: `Move ${id} to` })).toBeVisible()
  const staged = page.getByRole('menuitem', { name: /^Staged/ })
  for (let step = 0; step < 5 && !(await staged.evaluate((item) => item === document.activeElement)); step += 1) {
    await page.keyboard.press('ArrowDown')
  }
  await page.keyboard.press('Enter')
  await see(page.locator(`[data-lane="staged"] [data-bead="${id}"]`)).toBeVisible()
  await see.poll(stored).toEqual([{ status: 'open', assignee: null }])
  const [started, going] = [{ state_category: 'started' }, { state_category: 'staged' }]
  await see
    .poll(() => bench.manifestOf(running, database).slice(1))
    .toMatchObject([
      { action: 'work_item.state_changed', entity: { type: 'bead', id }, before: going, after: started },
      { action: 'work_item.state_changed', entity: { type: 'bead', id }, before: started, after: going },
    ])
})

it('an epic and a milestone are dragged like a bead, and told as what they are', async () => {
  const { database, running, page } = await bench.begin('/board?layout=kanban')
  const milestone = await running.api.create({ title: 'First light', type: 'milestone' })
  const epic = await running.api.create({ title: 'Reading', type: 'epic', parent: milestone.id })
  for (const { id } of [epic, milestone]) {
    await dragCard(page, id, 'started')
    await see(page.locator(`[data-lane="started"] [data-bead="${id}"]`)).toBeVisible()
  }
  const moved = { action: 'work_item.state_changed', before: { state_category: 'unstarted' } }
  await see
    .poll(() => bench.manifestOf(running, database).slice(2))
    .toMatchObject([
      { ...moved, entity: { type: 'epic', id: epic.id, title: 'Reading' }, after: { state_category: 'started' } },
      { ...moved, entity: { type: 'milestone', id: milestone.id }, after: { state_category: 'started' } },
    ])
})

it('a label is put on several beads, and taken from them and given back', async () => {
  const { database, running, page } = await bench.begin()
  const one = await running.api.create({ title: 'One', labels: ['print'] })
  const two = await running.api.create({ title: 'Two' })
  const stored = async () => {
    const rows = await bench.rows(database, 'SELECT issue_id, label FROM labels')
    return rows.map(({ issue_id, label }) => `${issue_id} ${label}`).sort()
  }
  for (const { id } of [one, two]) await page.getByRole('checkbox', { name: `Select ${id}` }).click()
  const bar = page.locator('[data-bulk]')
  const messages = page.getByRole('region', { name: 'Messages' })
  await bar.getByRole('button', { name: 'Labels…' }).click()
  await bar.getByRole('combobox', { name: 'Label of all selected' }).fill('print')
  await bar.getByRole('button', { name: 'Add to all' }).click()
  await see(messages).toContainText('Put print on 2 beads')
  expect(await stored()).toEqual([`${one.id} print`, `${two.id} print`].sort())
  await bar.getByRole('button', { name: 'Labels…' }).click()
  await bar.getByRole('combobox', { name: 'Label of all selected' }).fill('print')
  await bar.getByRole('button', { name: 'Remove from all' }).click()
  await see(messages).toContainText('Took print from 2 beads')
  expect(await stored()).toEqual([])
  await messages.getByRole('button', { name: 'Undo' }).first().click()
  await see.poll(stored).toEqual([`${one.id} print`, `${two.id} print`].sort())
})

it('a bead of the backlog is staged by its button', async () => {
  const { database, running, page } = await bench.begin('/backlog')
  const { id } = await running.api.create({ title: 'Some day', status: 'deferred' })
  await page.getByRole('button', { name: `Stage ${id}` }).click()
  await see(page.getByRole('button', { name: `Stage ${id}` })).toHaveCount(0)
  const labels = () => bench.rows(database, 'SELECT label FROM labels WHERE issue_id = ?', [id])
  await see.poll(labels).toEqual([{ label: 'staged:true' }])
  await see
    .poll(() => bench.manifestOf(running, database).slice(1))
    .toMatchObject([
      { action: 'work_item.state_changed', before: { state_category: 'backlog' }, after: { state_category: 'staged' } },
    ])
})
