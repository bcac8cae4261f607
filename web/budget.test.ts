import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { BuiltConsole } from './testing/build-console.ts'
import { buildConsole } from './testing/build-console.ts'

interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly imports?: readonly string[]
  readonly dynamicImports?: readonly string[]
  readonly css?: readonly string[]
}

type Manifest = Readonly<Record<string, Chunk>>

const kB = 1_000
let console: BuiltConsole
let manifest: Manifest

beforeAll(async () => {
  console = await buildConsole()
  manifest = JSON.parse(await readFile(join(console.folder, '.vite/manifest.json'), 'utf8')) as Manifest
})
afterAll(() => console.remove())

/** A chunk and everything that is loaded along with it. */
function closureOf(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen
  seen.add(name)
  for (const next of manifest[name]?.imports ?? []) closureOf(next, seen)
  return seen
}

function entry(): string {
  const name = Object.keys(manifest).find((key) => manifest[key]?.isEntry === true)
  if (name === undefined) throw new Error('the build has no entry')
  return name
}

async function gzipped(files: Iterable<string>): Promise<number> {
  const sizes = [...files].map(async (file) => gzipSync(await readFile(join(console.folder, file))).length)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

it('loads at most 150 kB of JavaScript and 25 kB of CSS first, compressed', async () => {
  const chunks = [...closureOf(entry())].flatMap((name) => manifest[name] ?? [])
  expect(chunks.length).toBeGreaterThan(0)
  expect(await gzipped(chunks.map((chunk) => chunk.file))).toBeLessThanOrEqual(150 * kB)
  expect(await gzipped(new Set(chunks.flatMap((chunk) => chunk.css ?? [])))).toBeLessThanOrEqual(25 * kB)
})

it('keeps the terminal out of the entry and of the session page', async () => {
  const terminal = Object.keys(manifest).find((name) => name.endsWith('SessionTerminal.vue'))
  const page = Object.keys(manifest).find((name) => name.endsWith('SessionPage.vue'))
  if (terminal === undefined || page === undefined) throw new Error('the terminal is not a chunk of its own')
  expect(closureOf(entry())).not.toContain(terminal)
  expect(closureOf(page)).not.toContain(terminal)
  const file = manifest[terminal]?.file ?? ''
  expect(await readFile(join(console.folder, file), 'utf8')).toContain('xterm')
  for (const name of closureOf(entry()))
    expect(await readFile(join(console.folder, manifest[name]?.file ?? ''), 'utf8')).not.toContain('xterm-rows')
})

it('keeps the graph, and what lays it out, out of the entry', async () => {
  const graph = Object.keys(manifest).find((name) => name.endsWith('BoardGraph.vue'))
  if (graph === undefined) throw new Error('the graph is not a chunk of its own')
  expect(closureOf(entry())).not.toContain(graph)
  for (const name of [...closureOf(entry()), ...closureOf(graph)])
    expect(await readFile(join(console.folder, manifest[name]?.file ?? ''), 'utf8')).not.toContain('network-simplex')
})

it('has no chunk over 130 kB, compressed', async () => {
  for (const chunk of Object.values(manifest))
    if (chunk.file.endsWith('.js')) expect(await gzipped([chunk.file]), chunk.file).toBeLessThanOrEqual(130 * kB)
})

it('has no inline script, which the content security policy would refuse', async () => {
  const html = await readFile(join(console.folder, 'index.html'), 'utf8')
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/)
})
