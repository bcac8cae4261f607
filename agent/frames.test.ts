import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exec, run } from '../runtime/exec.ts'
import { endTornLine, framesLength, readFrames } from './frames.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gemba-frames-'))
  path = join(folder, 'frames.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true }))

const line = (hook: string) => `${JSON.stringify({ ts: '2026-01-01T00:00:00Z', fence: 1, hook, payload: { hook } })}\n`

describe('readFrames', () => {
  it('gives nothing for a file that is not there', () => {
    expect(readFrames(path, 0)).toEqual({ frames: [], cursor: 0, skipped: 0, more: false })
    expect(framesLength(path)).toBe(0)
  })

  it('numbers frames by their offset and leaves a torn line', () => {
    writeFileSync(path, `${line('A')}${line('B')}{"hook":"C`)
    const batch = readFrames(path, 0)
    expect(batch.frames.map((frame) => [frame.offset, frame.hook])).toEqual([
      [0, 'A'],
      [line('A').length, 'B'],
    ])
    expect(batch.cursor).toBe(line('A').length * 2)
    expect(readFrames(path, line('A').length).frames.map((frame) => frame.hook)).toEqual(['B'])
  })

  it('skips and counts what is no frame', () => {
    writeFileSync(path, `nonsense\n[1]\n{"hook":1,"fence":1}\n${line('A')}`)
    expect(readFrames(path, 0)).toMatchObject({ skipped: 3, frames: [{ hook: 'A' }] })
  })

  it('reads in bounded pieces, around a line that is too long', () => {
    writeFileSync(path, `${line('A')}${'x'.repeat(5_000)}\n${line('B')}`)
    const hooks: string[] = []
    let cursor = 0
    for (let more = true; more;) {
      const batch = readFrames(path, cursor, 1_000)
      hooks.push(...batch.frames.map((frame) => frame.hook))
      ;({ cursor, more } = batch)
    }
    expect(hooks).toEqual(['A', 'B'])
    expect(cursor).toBe(framesLength(path))
  })
})

describe('endTornLine', () => {
  it('makes the file, and ends only a line that was torn', () => {
    endTornLine(path)
    expect(readFileSync(path, 'utf8')).toBe('')
    writeFileSync(path, '{"a')
    endTornLine(path)
    endTornLine(path)
    expect(readFileSync(path, 'utf8')).toBe('{"a\n')
  })

  it('does not wait at a pipe that an agent put there', async () => {
    await run('mkfifo', [path])
    const frames = new URL('./frames.ts', import.meta.url).href
    const end = `import { endTornLine } from ${JSON.stringify(frames)}\nendTornLine(${JSON.stringify(path)})`
    // In a process of its own: who waits at a pipe hears nobody any more.
    const { stderr } = await exec(process.execPath, ['--input-type=module', '-e', end], { timeout: 20_000 })
    expect(stderr).toContain('path_unusable')
  })

  it('neither follows a link nor takes a folder', () => {
    writeFileSync(join(folder, 'other'), 'x')
    symlinkSync(join(folder, 'other'), path)
    expect(() => endTornLine(path)).toThrow(expect.objectContaining({ code: 'path_unusable' }))
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('x')
    rmSync(path)
    mkdirSync(path)
    expect(() => endTornLine(path)).toThrow(expect.objectContaining({ code: 'path_unusable' }))
  })
})
