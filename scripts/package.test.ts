import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { catalogue } from '../model/error.ts'
import { run } from '../runtime/exec.ts'
import { root } from './node24.mjs'

interface Packed {
  readonly files: readonly { readonly path: string }[]
}

/** What the package would hold, without building it. */
async function packedFiles(): Promise<string[]> {
  const answer: unknown = JSON.parse(
    await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root }),
  )
  const [packed] = Array.isArray(answer) ? (answer as Packed[]) : (Object.values(answer as object) as Packed[])
  return packed?.files.map((file) => file.path) ?? []
}

/** Files and folders of this repository that a page links to, from the root on. */
function linksOf(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => normalize(join(dirname(page), target)))
}

test('the package holds every page that its pages and its errors name, and each link leads somewhere', async () => {
  const files = await packedFiles()
  const pages = files.filter((path) => path.endsWith('.md') && !path.startsWith('examples/'))
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/architecture.md', 'docs/reference/errors.md']))
  for (const page of pages) {
    for (const link of linksOf(page)) {
      expect(existsSync(join(root, link)), `${page} links to ${link}`).toBe(true)
      if (link.startsWith('docs/')) expect(files, `${page} links to ${link}`).toContain(link)
    }
  }
  const told = Object.values(catalogue).map(({ message, mend }) => `${message} ${mend}`)
  for (const [path] of told.join(' ').matchAll(/\bdocs\/[\w./-]+\.md/g)) expect(files).toContain(path)
})

test('the package holds what the command needs beside its build, and no tests', async () => {
  const files = await packedFiles()
  expect(files).toEqual(
    expect.arrayContaining([
      'scripts/gemba.mjs',
      'scripts/node24.mjs',
      'runtime/tools/cache-folder.mjs',
      'examples/my-project/seed.json',
      'runtime/tools/build/dolt/go.sum',
      'runtime/tools/build/temporal/go.sum',
    ]),
  )
  expect(files.filter((path) => path.startsWith('test/') || path.endsWith('.test.ts'))).toEqual([])
})
