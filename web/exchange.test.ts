/** Import and export in Chromium, against a double of the API. */
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { profileOf } from '../model/mode.ts'
import { ConsoleBench, see } from './testing/console-bench.ts'

const bench = new ConsoleBench()
const button = (name: string | RegExp) => bench.page.getByRole('button', { name })
const rows = () => bench.page.locator('[data-line]')

const text = ['{"id":"lan-new"}', '{"id":"lan-3"}', 'broken', '{"id":"lan-newer"}'].join('\n')

async function judged(lines = text): Promise<void> {
  await bench.signIn('/exchange')
  const file = { name: 'beads.jsonl', mimeType: 'application/x-ndjson', buffer: Buffer.from(lines) }
  await bench.page.getByLabel('File to import').setInputFiles(file)
}

describe('an import', () => {
  it('shows what becomes of each line, and is carried out only then', async () => {
    await judged()
    await see(bench.page.getByText('beads.jsonl')).toBeVisible()
    await see(rows()).toHaveText([
      /^1\s*lan-new\s*will be created\s*$/,
      /^2\s*lan-3\s*skipped\s*differs in title; the database has a later version/,
      /^3\s*not taken\s*it is not a JSON object$/,
      /^4\s*lan-newer\s*will be created/,
    ])
    expect(bench.api.changes).toEqual([])
    await button('Import 2 beads').click()
    await see(bench.page.getByText('The import has been carried out.')).toBeVisible()
    expect(bench.api.changes).toEqual(['POST /beads-import/import-1/apply'])
    await see(rows().first()).toContainText('created')
    await see(rows().first()).not.toContainText('will be')
    await button('Import another').click()
    await see(button('Choose a file')).toBeVisible()
  })

  it('that breaks off says which lines were written, and goes on with the same lines', async () => {
    await judged()
    bench.api.breakImport(4)
    await button('Import 2 beads').click()
    await see(bench.page.getByText('The import did not come to its end')).toBeVisible()
    await see(rows()).toHaveText([
      /^1\s*lan-new\s*created\s*$/,
      /^2\s*lan-3\s*skipped/,
      /^3\s*not taken/,
      /^4\s*lan-newer\s*not taken\s*the import broke off before it was written$/,
    ])
    await see(bench.page.getByText('Importing the same lines again is safe')).toBeVisible()
    await button('Look at the same lines again').click()
    await see(button('Import 2 beads')).toBeVisible()
    await see(bench.page.getByText('beads.jsonl')).toBeVisible()
  })

  it('is filtered by what becomes of the lines, and by words', async () => {
    await judged()
    await see(button(/^All 4$/)).toBeVisible()
    await button(/^not taken 1$/).click()
    await see(rows()).toHaveCount(1)
    await button(/^All/).click()
    await bench.page.getByLabel('Filter the lines').fill('lan-newer')
    await see(rows()).toHaveCount(1)
    await bench.page.getByLabel('Filter the lines').fill('nothing like it')
    await see(bench.page.getByText('No line matches the filter.')).toBeVisible()
  })

  it('of many lines draws them page by page', async () => {
    await judged(Array.from({ length: 250 }, (_, n) => `{"id":"many-${n}"}`).join('\n'))
    await see(rows()).toHaveCount(100)
    await button('Show more (100 of 250)').click()
    await see(rows()).toHaveCount(200)
    await button('Show more (200 of 250)').click()
    await see(rows()).toHaveCount(250)
  })

  it('of pasted lines that is refused says why, and keeps nothing', async () => {
    bench.api.fail('POST /beads-import/import-1/apply', 404, {
      code: 'import_gone',
      detail: 'This dry run of an import is no longer kept.',
      mend: 'Choose the file again.',
    })
    await bench.signIn('/exchange')
    await bench.page.getByLabel('Or paste lines').fill('{"id":"lan-new"}')
    await button('Look at these lines').click()
    await button('Import 1 bead').click()
    await see(bench.page.getByRole('alert')).toContainText('import_gone')
    await button('Cancel').click()
    await see(bench.page.getByRole('alert')).toHaveCount(0)
  })

  it('is reached by keys, and is not there where nothing may be written', async () => {
    bench.api.offer(profileOf('beads_only', true))
    await bench.signIn('/board')
    await see(bench.page.locator('h1')).toBeVisible()
    await bench.page.keyboard.press('g')
    await bench.page.keyboard.press('x')
    await see(bench.page.getByText('Nothing can be imported here')).toBeVisible()
    await see(button('Choose a file')).toHaveCount(0)
    await see(button('As bd exports')).toBeVisible()
  })
})

it('an export is a file that the browser keeps', async () => {
  await bench.signIn('/exchange')
  const coming = bench.page.waitForEvent('download')
  await button('Every column').click()
  const download = await coming
  expect(new URL(download.url()).searchParams.get('format')).toBe('columns')
  expect(download.suggestedFilename()).toBe('beads.jsonl')
  expect(await readFile(await download.path(), 'utf8')).toBe('{"_type":"issue","id":"lan-3"}\n')
})
