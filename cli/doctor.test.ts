import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { locateTool, pinned } from '../runtime/tools/locate.ts'
import { CommandLine } from './testing/command-line.ts'

let line: CommandLine

beforeEach(() => {
  line = new CommandLine()
})

afterEach(() => line.release())

describe('gemba doctor', () => {
  test('tells what there is as JSON', async () => {
    const result = await line.gemba(['doctor', '--json'])
    const report = JSON.parse(result.stdout) as { version: number; checks: { id: string; status: string }[] }
    expect(report.version).toBe(1)
    expect(report.checks.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['node', 'git', 'tmux', 'temporal', 'dolt', 'claude', 'codex', 'disk', 'project']),
    )
    expect(report.checks.find(({ id }) => id === 'git')?.status).toBe('ok')
  })

  test('ends with 6 and the mend when something is wrong', async () => {
    mkdirSync(join(line.folder, 'bin'))
    const old = join(line.folder, 'bin', 'temporal')
    writeFileSync(old, '#!/bin/sh\necho temporal version 1.0.0\n')
    chmodSync(old, 0o755)
    const result = await line.gemba(['doctor'], { GEMBA_TEMPORAL: old, GEMBA_TMUX: '/none' })
    expect(result.code).toBe(6)
    expect(result.stdout).toMatch(
      /✗ problem temporal: temporal version 1\.0\.0 .*too old: it must be 1\.5 or newer\n.*gemba doctor --fix/,
    )
    expect(result.stdout).toContain('✗ problem tmux: not found')
  })

  test('finds too little room for the data, by the limit of the project', async () => {
    await line.project()
    const { code, stdout } = await line.gemba(['doctor', '--json'], { GEMBA_MIN_FREE_DISK: '1000000000000000' })
    expect(code).toBe(6)
    const { checks } = JSON.parse(stdout) as { checks: { id: string; status: string; detail: string; fix: string }[] }
    const disk = checks.filter(({ id }) => id.startsWith('disk'))
    expect(disk.map(({ status }) => status)).toEqual(disk.map(() => 'problem'))
    expect(disk[0]?.detail).toMatch(/GB left in \/\S+, 1000000\.0 GB are wanted/)
    expect(disk[0]?.fix).toContain('`[limits] min_free_disk` is the limit')
  })

  test('finds programs that are too old, and takes the Dolt that was got instead of one', async () => {
    const bin = join(line.folder, 'bin')
    const cached = join(line.folder, 'cache/tools', `dolt-${pinned.dolt}`)
    for (const folder of [bin, cached]) mkdirSync(folder, { recursive: true })
    const says = (path: string, text: string): void => writeFileSync(path, `#!/bin/sh\necho ${text}\n`, { mode: 0o755 })
    says(join(bin, 'git'), 'git version 2.34.1')
    says(join(bin, 'dolt'), 'dolt version 1.40.0')
    const env = { PATH: `${bin}:${process.env['PATH']}`, GEMBA_CACHE: join(line.folder, 'cache') }
    const unset = { GEMBA_GIT: '', GEMBA_DOLT: '' }
    const old = (await line.gemba(['doctor'], { ...env, ...unset })).stdout
    expect(old).toMatch(/✗ problem git: git version 2\.34\.1 .*too old: it must be 2\.38 or newer\n +Install git 2\.38/)
    expect(old).toMatch(/✗ problem dolt: dolt version 1\.40\.0 .*too old: it must be 1\.86 or newer\n.*doctor --fix/)
    says(join(cached, 'dolt'), 'dolt version 1.86.4')
    const mended = (await line.gemba(['doctor'], { ...env, ...unset })).stdout
    expect(mended).toContain(`✓ ok      dolt: dolt version 1.86.4 at ${join(cached, 'dolt')}`)
  })

  test('fails when the program of the default agent is missing, and names what brings it', async () => {
    await line.project()
    const PATH = join(line.folder, 'bin')
    mkdirSync(PATH)
    const doctor = () => line.gemba(['doctor', '--json'], { PATH, GEMBA_GIT: locateTool('git') })
    const { code, stdout } = await doctor()
    expect(code).toBe(6)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      checks: expect.arrayContaining([
        {
          id: 'agent claude',
          status: 'problem',
          detail:
            'The program of agent claude was not found: claude. It is the default, so beads that name no other wait for it.',
          fix: 'Run `npm install -g @anthropic-ai/claude-code`. Or correct `command` of claude in .gemba/agents.toml.',
        },
      ]) as unknown[],
    })
    const claude = join(PATH, 'claude')
    writeFileSync(claude, '', { mode: 0o755 })
    expect(JSON.parse((await doctor()).stdout)).toMatchObject({
      checks: expect.arrayContaining([
        { id: 'agent claude', status: 'ok', detail: `${claude}, the default`, fix: null },
      ]) as unknown[],
    })
  })
})
