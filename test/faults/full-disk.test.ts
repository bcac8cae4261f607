import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { FilesOutcome } from './files-on-full-disk.ts'
import type { FullDiskOutcome } from './full-disk.ts'
import type { ManifestOutcome } from './manifest-on-full-disk.ts'
import { onSmallDisk, whyNoSmallDisk } from './small-disk.ts'

/**
 * The whole system on a small file system of its own: beads at work, too little room, then none at all, then room again,
 * without a restart by hand. What counts is the end: every bead done exactly once, the event log without gap or repeat.
 */
const why = await whyNoSmallDisk()
const name = why === undefined ? 'a full disk' : `a full disk (SKIPPED: no small file system can be mounted: ${why})`
if (why !== undefined) process.stderr.write(`${name}\n`)

describe.skipIf(why !== undefined)(name, () => {
  it('starts nothing new, loses nothing, doubles nothing, and all goes on by itself', async () => {
    const scenario = fileURLToPath(new URL('./full-disk.ts', import.meta.url))
    const found = await onSmallDisk<FullDiskOutcome>('200m', scenario)

    const done = Array.from({ length: found.rounds }, (_, round) => `line ${round + 1}\n`).join('')
    expect(found.beads).toEqual(found.beads.map(() => ({ text: done, merges: 1, sessions: 1 })))
    expect(found.beads).toHaveLength(3)
    expect(found.late).toMatchObject({ refused: 'disk_low', sessions: 1, status: 'closed' })
    expect(found.late.why).toMatch(/\d+ MB left in \/\S+, 40 MB are wanted/)
    expect(found.asked.filter((state) => state === 'delivered')).toHaveLength(1)
    expect(found.asked.every((state) => ['delivered', 'moot'].includes(state))).toBe(true)
    expect(found.numbers).toEqual(found.numbers.map((_, index) => index + 1))
    expect(new Set(found.keys).size).toBe(found.keys.length)

    expect(found.health.low).toMatchObject({ ok: true, parts: { disk: { ok: true } } })
    expect(found.health.after).toMatchObject({ ok: true })
    expect(found.capabilities).toBe('low')
    const told = found.said.events.filter((event) => event['type'] === 'disk').map((event) => event['status'])
    expect(told).toEqual(['low', 'full', 'ok'])
    const ends = found.said.events.filter((event) => event['type'] === 'held' || event['type'] === 'ended')
    for (const child of ['temporal', 'dolt', 'server', 'host'])
      expect(ends.filter((event) => event['name'] === child).length, child).toBeLessThanOrEqual(2)
    expect(found.said.lines.filter((line) => /^\s+at |goroutine|panic/.test(line))).toEqual([])
  }, 420_000)

  it('leaves no file that is half-written and read as whole, and sees no screen that is not there', async () => {
    const scenario = fileURLToPath(new URL('./files-on-full-disk.ts', import.meta.url))
    const found = await onSmallDisk<FilesOutcome>('20m', scenario)
    expect(found.atomic).toEqual({ failed: 'ENOSPC', text: 'old', files: ['record.json'] })
    expect(found.work.failed).toBe('ENOSPC')
    expect(found.frames.read).toEqual(found.frames.written)
    expect(found.frames.full).toBeGreaterThan(0)
    expect(found.lock).toEqual({ state: '', heldAfterRelease: false })
    expect(found.log.last).toBe(true)
    expect(found.screen).toEqual({ before: 'a question', full: 'disk_full', after: 'a question' })
    expect(found.serve).toMatchObject({ code: 1, left: [] })
    expect(found.serve.said).toMatch(
      /^room_missing: The data of project test needs 100 MB of room in \/\S+\/data; 0 MB are left/m,
    )
  }, 180_000)

  it('keeps entries of the session manifest until there is room, or the disk may be written again', async () => {
    const scenario = fileURLToPath(new URL('./manifest-on-full-disk.ts', import.meta.url))
    const { states, titles, kinds, lines } = await onSmallDisk<ManifestOutcome>('1m', scenario)
    expect(states.full).toMatchObject({ status: 'failed', why: 'The disk is full.' })
    expect(states.full.lost).toBeGreaterThan(0)
    expect(states.room).toMatchObject({ status: 'ok', lost: 0 })
    expect(states.readOnly).toMatchObject({ status: 'failed', why: 'Its disk is read-only.', lost: 1 })
    expect(states.after).toMatchObject({ status: 'ok', lost: 0 })
    const full = Array.from({ length: 8 }, (_, n) => `full ${n}`)
    expect(titles).toEqual(['first', ...full, 'read-only', 'last'])
    // What the last block of the disk still took of a line is closed, and stays as a warning.
    expect(kinds.filter((kind) => kind !== 'malformed')).toEqual([])
    expect(lines).toBe(titles.length + kinds.length)
  }, 60_000)
})
