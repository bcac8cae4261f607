import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../runtime/exec.ts'
import { bridgedHooks } from './claude-code.ts'
import { installBridge } from './install-bridge.ts'

let folder: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gemba-bridge-'))
  await run('git', ['init', '-q'], { cwd: folder })
})
afterEach(() => rmSync(folder, { recursive: true }))

const file = () => join(folder, '.claude', 'settings.local.json')
const outcomes = async () => (await installBridge(folder)).map(({ outcome }) => outcome)
const read = () => JSON.parse(readFileSync(file(), 'utf8'))
function write(value: unknown) {
  mkdirSync(join(folder, '.claude'), { recursive: true })
  writeFileSync(file(), typeof value === 'string' ? value : JSON.stringify(value))
}

describe('installBridge', () => {
  it('installs every hook once, unseen by git', async () => {
    expect(await outcomes()).toEqual(['installed', 'installed'])
    const before = readFileSync(file(), 'utf8')
    expect(await outcomes()).toEqual(['unchanged', 'unchanged'])
    expect(readFileSync(file(), 'utf8')).toBe(before)
    expect(Object.keys(read().hooks)).toEqual([...bridgedHooks])
    expect(await run('git', ['status', '--porcelain'], { cwd: folder })).toBe('')
  })

  it("keeps the operator's keys and hooks, and replaces an older block of ours", async () => {
    const theirs = { type: 'command', command: 'notify-send done' }
    const old = { type: 'command', command: '/old/gemba-bridge Stop # gemba-bridge 0' }
    write({ model: 'opus', hooks: { Stop: [{ hooks: [theirs, old] }, { hooks: [old] }], Mine: [{ hooks: [theirs] }] } })
    await installBridge(folder)
    const settings = read()
    expect(settings.model).toBe('opus')
    expect(settings.hooks.Mine).toEqual([{ hooks: [theirs] }])
    expect(settings.hooks.Stop[0]).toEqual({ hooks: [theirs] })
    expect(settings.hooks.Stop).toHaveLength(2)
    expect(JSON.stringify(settings)).not.toContain('/old/')
  })

  it.each(['{ not json', '[]', '{"hooks":[]}', '{"hooks":{"Stop":{}}}'])('leaves %j alone', async (text) => {
    write(text)
    await expect(installBridge(folder)).rejects.toMatchObject({ code: 'config_invalid' })
    expect(readFileSync(file(), 'utf8')).toBe(text)
  })

  it("writes a block into CLAUDE.md, in the place of an older one, and keeps the person's lines", async () => {
    const guide = join(folder, 'CLAUDE.md')
    writeFileSync(guide, '# Mine\n\nBe brief.\n')
    await installBridge(folder)
    const text = readFileSync(guide, 'utf8')
    expect(text).toMatch(/^# Mine\n\nBe brief\.\n\n<!-- gemba:begin/)
    expect(text).toContain('gemba-state bead-done')
    expect(text.endsWith('<!-- gemba:end -->\n')).toBe(true)
    writeFileSync(guide, 'Before.\n<!-- gemba:begin 0 -->\nold words\n<!-- gemba:end -->\nAfter.\n')
    expect(await outcomes()).toEqual(['unchanged', 'installed'])
    const again = readFileSync(guide, 'utf8')
    expect(again).toMatch(/^Before\.\n<!-- gemba:begin[^]*<!-- gemba:end -->\nAfter\.\n$/)
    expect(again).not.toContain('old words')
    expect(again.match(/gemba:begin/g)).toHaveLength(1)
    expect(await run('git', ['status', '--porcelain'], { cwd: folder })).toBe('')
  })

  it.each(['<!-- gemba:begin -->\nMine.\n', 'Mine.\n<!-- gemba:end -->\n'])('leaves %j alone', async (text) => {
    writeFileSync(join(folder, 'CLAUDE.md'), text)
    await expect(installBridge(folder)).rejects.toMatchObject({ code: 'config_invalid' })
    expect(readFileSync(join(folder, 'CLAUDE.md'), 'utf8')).toBe(text)
  })

  it('leaves a tracked file alone', async () => {
    write({})
    await run('git', ['add', '-f', '.claude'], { cwd: folder })
    expect(await outcomes()).toEqual(['tracked', 'installed'])
    expect(readFileSync(file(), 'utf8')).toBe('{}')
  })

  it.each(['shared.md', 'gone.md'])('leaves a link to %s alone, and says so', async (target) => {
    writeFileSync(join(folder, 'shared.md'), 'For all.\n')
    const guide = join(folder, 'CLAUDE.md')
    symlinkSync(target, guide)
    const [, installed] = await installBridge(folder)
    expect(installed).toEqual({ file: guide, outcome: 'linked', note: expect.stringContaining('symbolic link') })
    expect(readlinkSync(guide)).toBe(target)
    expect(readFileSync(join(folder, 'shared.md'), 'utf8')).toBe('For all.\n')
  })

  it('does its work outside git too, and its hooks end at once outside a session', async () => {
    rmSync(join(folder, '.git'), { recursive: true })
    await installBridge(folder)
    for (const hook of bridgedHooks) {
      const { command } = read().hooks[hook][0].hooks[0]
      expect(await run('/bin/sh', ['-c', command], { env: { PATH: '' }, input: '{}' })).toBe('')
    }
  })
})
