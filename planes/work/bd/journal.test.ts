import { appendFileSync, readFileSync, truncateSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { gembaFolder } from './gemba-folder.ts'
import { journalOf } from './journal.ts'

let beads: string
beforeEach(async () => {
  beads = await mkdtemp(join(tmpdir(), 'gemba-journal-'))
})
afterEach(() => rm(beads, { recursive: true, force: true }))

it('knows of each key whether its write was begun and ended, in every process and past a torn line', () => {
  const journal = journalOf(beads)
  expect(journal.find('k1')).toBe(undefined)
  journal.begin('k1')
  expect(journal.find('k1')).toEqual({ at: expect.any(Number) })
  journal.begin('k10')
  journal.end('k10', 'gm-2')
  appendFileSync(join(gembaFolder(beads), 'writes.jsonl'), '{"key":"k1","i\n')
  const other = journalOf(beads)
  expect(other.find('k1')?.id).toBe(undefined)
  expect(other.made('gm-1')).toBe(false)
  other.end('k1', 'gm-1')
  expect([journal.find('k1')?.id, journal.find('k10')?.id, journal.made('gm-1')]).toEqual(['gm-1', 'gm-2', true])
})

it('forgets the oldest when it grows', () => {
  const journal = journalOf(beads)
  journal.begin('old')
  const lines = Array.from({ length: 5_000 }, (_, i) => JSON.stringify({ key: `n${i}`, id: `gm-${i}` }))
  appendFileSync(join(gembaFolder(beads), 'writes.jsonl'), `${lines.join('\n')}\n`)
  journal.find('n1')
  expect(journal.find('old')).toBe(undefined)
  expect(journal.find('n4999')?.id).toBe('gm-4999')
  expect(readFileSync(join(gembaFolder(beads), 'writes.jsonl'), 'utf8').split('\n').length).toBeLessThan(2_100)
})

it('of which only the end counts holds nobody up', () => {
  journalOf(beads).begin('new')
  const file = join(gembaFolder(beads), 'writes.jsonl')
  const line = readFileSync(file, 'utf8')
  truncateSync(file, 512 * 1024 * 1024)
  appendFileSync(file, `\n${line}`)
  expect(journalOf(beads).find('new')).toEqual({ at: expect.any(Number) })
})
