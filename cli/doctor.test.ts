import { appendFileSync, chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDataFolder, dataFolderOf } from '../runtime/data-folder.ts'
import { locateTool } from '../runtime/tools/locate.ts'
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
    expect(result.stdout).toMatch(/✗ problem temporal: temporal version 1\.0\.0 .*too old\n.*gemba doctor --fix/)
    expect(result.stdout).toContain('✗ problem tmux: not found')
  })
})

describe('gemba doctor in a project', () => {
  interface Finding {
    readonly id: string
    readonly status: string
    readonly detail: string
    readonly fix: string | null
  }

  async function doctor(env: NodeJS.ProcessEnv = {}, ...flags: string[]): Promise<[number, Map<string, Finding>]> {
    const { code, stdout } = await line.gemba(['doctor', '--json', ...flags], env)
    const { checks } = JSON.parse(stdout) as { checks: Finding[] }
    return [code, new Map(checks.map((check) => [check.id, check]))]
  }

  beforeEach(() => line.project())

  test('fails when the program of the default agent is missing, and names what brings it', async () => {
    const PATH = join(line.folder, 'bin')
    mkdirSync(PATH)
    const [code, checks] = await doctor({ PATH, GEMBA_GIT: locateTool('git') })
    expect(code).toBe(6)
    expect(checks.get('agent claude')).toEqual({
      id: 'agent claude',
      status: 'problem',
      detail: 'the default agent: The program of agent claude was not found: claude.',
      fix: 'Run `npm install -g @anthropic-ai/claude-code`. Or correct `command` of claude in .gemba/agents.toml.',
    })
    writeFileSync(join(PATH, 'claude'), '', { mode: 0o755 })
    expect((await doctor({ PATH, GEMBA_GIT: locateTool('git') }))[1].get('agent claude')).toMatchObject({
      status: 'ok',
    })
  })

  test('only notes an agent that is missing when another is the default', async () => {
    const scripted = '[[agent]]\nname = "scripted"\ncommand = "gemba:scripted"\n'
    writeFileSync(
      join(line.folder, '.gemba/agents.toml'),
      `${scripted}[[agent]]\nname = "mine"\ncommand = "/none/mine"\n`,
    )
    writeFileSync(
      join(line.folder, '.gemba/gemba.toml'),
      '[project]\nid = "shop"\n[[repository]]\nid = "a"\nbase = "trunk"\n',
    )
    const [, checks] = await doctor()
    expect(checks.get('agent scripted')).toMatchObject({ status: 'ok' })
    expect(checks.get('agent mine')).toMatchObject({
      status: 'note',
      fix: expect.stringContaining('scripted') as string,
    })
    expect(checks.get('repository a')).toMatchObject({ status: 'ok' })
  })

  test('finds secrets that others can read', async () => {
    const files = ['.gemba/agents.toml', '.gemba/gemba.toml'].map((name) => join(line.folder, name))
    expect(statSync(files[0] ?? '').mode & 0o777).toBe(0o600)
    for (const file of files) chmodSync(file, 0o644)
    expect((await doctor())[1].get('secrets')).toBeUndefined()
    appendFileSync(files[0] ?? '', '[agent.env]\nANTHROPIC_API_KEY = "sk-1"\n')
    expect((await doctor())[1].get('secrets')).toMatchObject({
      status: 'problem',
      fix: `Run \`chmod 600 '${files[0]}'\`.`,
    })
    chmodSync(files[0] ?? '', 0o600)
    appendFileSync(files[1] ?? '', '[store]\nurl = "postgres://me:hunter2@db/x"\n')
    expect((await doctor())[1].get('secrets')).toMatchObject({ fix: `Run \`chmod 600 '${files[1]}'\`.` })
  })

  test('finds a repository of another user and a branch that is not there', async () => {
    const refused = await doctor({ GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' })
    expect([...refused[1].values()].find(({ id }) => id.startsWith('repository'))).toMatchObject({
      status: 'problem',
      fix: expect.stringContaining('safe.directory') as string,
    })
    writeFileSync(join(line.folder, '.gemba/gemba.toml'), '[project]\nid = "shop"\n')
    expect((await doctor())[1].get('repository shop')).toMatchObject({
      status: 'problem',
      detail: expect.stringContaining('no branch main') as string,
    })
  })

  test('says where the data is, and that inside the project it is in danger', async () => {
    expect((await doctor())[1].get('data')).toMatchObject({
      status: 'note',
      detail: expect.stringContaining(join(line.state, 'gemba/projects/project-')) as string,
    })
    const named = dataFolderOf(line.folder, join(line.state, 'own'))
    createDataFolder(named)
    expect((await doctor({}, '--data', named.root))[1].get('data')).toMatchObject({ status: 'ok', detail: named.root })
    expect((await doctor({ GEMBA_DATA: named.root }))[1].get('data')).toMatchObject({ detail: named.root })
    createDataFolder(dataFolderOf(line.folder, join(line.folder, '.gemba/data')))
    const [, checks] = await doctor()
    expect(checks.get('data')).toMatchObject({ status: 'note', detail: expect.stringContaining('git clean') as string })
    expect(checks.get('data')?.fix).toContain(`mv '${join(line.folder, '.gemba/data')}'`)
  })
})
