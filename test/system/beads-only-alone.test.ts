/** Beads-only mode where nothing else is to be had: no program on PATH, no tool in the cache (seed 001, 1 and 11). */
import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, it } from 'vitest'
import { barePath, BeadsOnlyBench, manifestOf, newFolder, see } from './beads-only-bench.ts'
import { processTree } from './process-tree.ts'
import { startBeadsOnly } from './running-beads-only.ts'

const bench = new BeadsOnlyBench()

function programsOf(pids: Iterable<number>): string[] {
  return [...pids].map((pid) => basename(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? ''))
}

it('is whole, and starts no program, not even for a moment: not to serve, nor to import, nor to change many', async () => {
  const database = await bench.newDatabase()
  const [cache, home] = [newFolder(), newFolder()]
  const env = { PATH: barePath(), GEMBA_CACHE: '', XDG_CACHE_HOME: cache, HOME: home }
  const running = await startBeadsOnly(['--beads-only', '--beads-url', bench.addressOf(database)], env)
  // What their ended children have cost tells of every child, however short its life was.
  const programs = processTree([running.pid])
  const page = await bench.open(running, '/exchange')
  const lines = ['One', 'Two'].map((title) =>
    JSON.stringify({ _type: 'issue', id: `gm-${title.toLowerCase()}`, title }),
  )
  await page.getByLabel('Or paste lines').fill(lines.join('\n'))
  await page.getByRole('button', { name: 'Look at these lines' }).click()
  await page.getByRole('button', { name: 'Import 2 beads' }).click()
  await see(page.getByText('The import has been carried out.')).toBeVisible()
  await page.getByRole('link', { name: 'Board', exact: true }).click()
  for (const id of ['gm-one', 'gm-two']) await page.getByRole('checkbox', { name: `Select ${id}` }).click()
  const bar = page.locator('[data-bulk]')
  await bar.getByRole('button', { name: 'Edit…' }).click()
  await bar.getByLabel('Priority').selectOption('0')
  await bar.getByRole('button', { name: 'Change all' }).click()
  await see(page.getByText('Changed 2 beads')).toBeVisible()
  expect(await bench.rows(database, 'SELECT id, title, priority FROM issues ORDER BY id')).toEqual([
    { id: 'gm-one', title: 'One', priority: 0 },
    { id: 'gm-two', title: 'Two', priority: 0 },
  ])
  expect(manifestOf(running).map(({ action }) => action)).toEqual([
    ...['source.connected', 'work_item.created', 'work_item.created', 'work_item.edited', 'work_item.edited'],
  ])
  expect(processTree([running.pid])).toEqual(programs)
  // The supervisor, the shell that ends the server with it, and the server.
  expect(programsOf(programs.keys()).sort()).toEqual(['node', 'node', 'sh'])
  expect([readdirSync(cache), readdirSync(home)]).toEqual([[], []])
})
