import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { agentType } from '../agent/backends/native/testing/native-fixture.ts'
import { composePreamble, readLayers } from '../agent/preamble.ts'
import { createDataFolder, dataFolderOf } from '../runtime/data-folder.ts'
import { run } from '../runtime/exec.ts'
import { briefOf } from '../test/conformance/orchestration-plane.ts'
import { CommandLine } from './testing/command-line.ts'

let line: CommandLine

beforeEach(() => {
  line = new CommandLine()
})

afterEach(() => line.release())

describe('gemba init', () => {
  test('makes a project of a repository and hides what is not to be committed', async () => {
    await line.repository()
    const result = await line.gemba(['init', '--no-input', '--json'])
    expect(result).toMatchObject({ code: 0 })
    expect(JSON.parse(result.stdout)).toMatchObject({
      created: ['gemba.toml', 'agents.toml', 'interaction_profile.md'].map((name) => join(line.folder, '.gemba', name)),
    })
    expect(result.stderr).toContain('Next: gemba serve')
    const text = readFileSync(join(line.folder, '.gemba/gemba.toml'), 'utf8')
    expect(text).toContain('base = "trunk"')
    expect(statSync(join(line.folder, '.gemba/agents.toml')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(line.folder, '.gemba/agents.toml'), 'utf8')).not.toContain('gemba:scripted')
    createDataFolder(dataFolderOf(line.folder, join(line.folder, '.gemba/data')))
    expect(await run('git', ['-C', line.folder, 'status', '--porcelain', '-uall'])).toBe(
      '?? .gemba/agents.toml\n?? .gemba/gemba.toml\n?? .gemba/interaction_profile.md\n',
    )
  })

  test('writes a profile whose three sections agents are told by their mode, and keeps one that is there', async () => {
    await line.repository()
    const own = join(line.folder, '.gemba/interaction_profile.md')
    await line.gemba(['init', '--no-input'])
    const text = readFileSync(own, 'utf8')
    const sections = text.split(/^## +/m).slice(1)
    expect(sections.map((section) => section.split('\n', 1)[0])).toEqual(['dangerous', 'balanced', 'cautious'])
    const repository = {
      id: 'a',
      path: line.folder,
      base: 'trunk',
      integration: 'merge',
      remote: 'origin',
      prefixes: [],
    } as const
    for (const [index, interactionMode] of (['dangerous', 'balanced', 'cautious'] as const).entries()) {
      const agent = agentType({ name: 'a', command: 'a', interactionMode })
      const bead = briefOf('a-1', {})
      const place = { worktree: '/w', branch: 'bead/a-1', earlier: '' }
      const told = composePreamble({ bead, repository, agent, layers: readLayers(repository), ...place })
      expect(told).toContain(sections[index]?.split('\n').slice(2).join('\n').trim())
    }
    rmSync(join(line.folder, '.gemba/gemba.toml'))
    writeFileSync(own, '## balanced\n\nOurs.\n')
    await line.gemba(['init', '--no-input'])
    expect(readFileSync(own, 'utf8')).toBe('## balanced\n\nOurs.\n')
  })

  test('keeps what is there', async () => {
    await line.repository()
    await line.gemba(['init', '--no-input'])
    writeFileSync(join(line.folder, '.gemba/gemba.toml'), '[project]\nid = "mine"\n')
    expect((await line.gemba(['init', '--no-input'])).code).toBe(0)
    expect(readFileSync(join(line.folder, '.gemba/gemba.toml'), 'utf8')).toBe('[project]\nid = "mine"\n')
  })

  test('refuses a folder that is no repository, and leaves it as it was', async () => {
    const result = await line.gemba(['init', '--no-input'])
    expect(result.code).toBe(1)
    expect(result.stderr).toMatch(/^not_a_repository: .*\n {2}Run `git init`/)
    expect(existsSync(join(line.folder, '.gemba'))).toBe(false)
  })

  test('says that git refuses a repository of another user, and how to trust it', async () => {
    await line.repository()
    const result = await line.gemba(['init', '--no-input'], {
      GIT_TEST_ASSUME_DIFFERENT_OWNER: '1',
      LANG: 'de_DE.UTF-8',
    })
    expect(result.code).toBe(1)
    expect(result.stderr).toBe(
      `repository_refused: git refuses to work in ${line.folder}, because it belongs to another user.\n` +
        `  Work in a clone of your own; or, if you trust it: \`git config --global --add safe.directory "${line.folder}"\`.\n`,
    )
  })

  test('says that it may not write there, and whose right is missing', async () => {
    await line.repository()
    chmodSync(line.folder, 0o555)
    const { code, stderr } = await line.gembaAsPlainUser(['init', '--no-input'])
    expect(code).toBe(1)
    expect(stderr).toBe(
      `path_unusable: ${line.folder}/.gemba can not be used: this user has no right to it.\n` +
        `  See whose it is with \`ls -ld '${line.folder}'\`; make it yours, or use a folder that is.\n`,
    )
  })

  test('says that a file is in its way', async () => {
    await line.repository()
    writeFileSync(join(line.folder, '.gemba'), '')
    const { code, stderr } = await line.gemba(['init', '--no-input', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stderr)).toMatchObject({ code: 'path_unusable', hint: expect.stringMatching(/^Move/) as string })
  })
})
