import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../../runtime/exec.ts'
import { gembaFolder, hint, hintFile, turnFolder } from './gemba-folder.ts'
import { journalOf } from './journal.ts'
import { writeTurn } from './write-turn.ts'

let root: string
let beads: string
let others: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gemba-led-'))
  beads = join(root, '.beads')
  others = join(root, 'others')
  for (const folder of [beads, others]) mkdirSync(folder)
  writeFileSync(join(others, 'file'), 'kept\n')
  utimesSync(join(others, 'file'), 1, 1)
})
afterEach(() => rm(root, { recursive: true, force: true }))

const refusal = expect.objectContaining({ code: 'work_plane_unavailable' })

function unharmed(): void {
  expect(readdirSync(others)).toEqual(['file'])
  expect(readFileSync(join(others, 'file'), 'utf8')).toBe('kept\n')
  expect(statSync(join(others, 'file')).mtimeMs).toBe(1_000)
}

describe('what a worktree leads elsewhere', () => {
  it.each(['file', 'not-there'])('is no journal: %s', (target) => {
    mkdirSync(gembaFolder(beads))
    symlinkSync(join(others, target), join(gembaFolder(beads), 'writes.jsonl'))
    const journal = journalOf(beads)
    for (const act of [() => journal.begin('k'), () => journal.end('k', 'gm-1'), () => journal.find('k')]) {
      expect(act).toThrow(refusal)
    }
    expect(() => journal.made('kept')).toThrow(refusal)
    unharmed()
  })

  it.each(['file', 'not-there'])('is touched by no hint: %s', (target) => {
    mkdirSync(gembaFolder(beads))
    symlinkSync(join(others, target), hintFile(beads))
    expect(() => hint(beads)).toThrow(refusal)
    unharmed()
  })

  it('is no folder of ours, and lets nobody write', async () => {
    symlinkSync(others, gembaFolder(beads))
    const journal = journalOf(beads)
    for (const act of [() => journal.begin('k'), () => journal.find('k'), () => hint(beads)])
      expect(act).toThrow(refusal)
    await expect(writeTurn(beads, async () => 'written')).rejects.toEqual(refusal)
    unharmed()
  })

  it('is no lock: neither the folder nor a holder in it', async () => {
    mkdirSync(gembaFolder(beads))
    symlinkSync(others, turnFolder(beads))
    await expect(writeTurn(beads, async () => 'written')).rejects.toEqual(refusal)
    await rm(turnFolder(beads))
    mkdirSync(turnFolder(beads))
    symlinkSync('/dev/zero', join(turnFolder(beads), 'holder.1'))
    await run('mkfifo', ['--', join(turnFolder(beads), 'holder.2')])
    expect(await writeTurn(beads, async () => 'written')).toBe('written')
    unharmed()
  })
})

it('makes a hint, and touches it with each write', () => {
  hint(beads)
  utimesSync(hintFile(beads), 1, 1)
  hint(beads)
  expect(statSync(hintFile(beads)).mtimeMs).toBeGreaterThan(1_000)
  expect(existsSync(hintFile(beads))).toBe(true)
})
