import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDataFolder, lockProject } from '../runtime/data-folder.ts'
import { exec, run, type ExecResult } from '../runtime/exec.ts'

const entry = fileURLToPath(new URL('gemba.ts', import.meta.url))
let folder: string

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'gemba-cli-')))
})

afterEach(() => {
  chmodSync(folder, 0o755)
  rmSync(folder, { recursive: true, force: true })
})

function gemba(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ExecResult> {
  return exec(process.execPath, [entry, ...args], { cwd: folder, env: { ...process.env, ...env } })
}

/** Without what lets root pass by permissions. */
function asPlainUser(command: readonly string[]): Promise<ExecResult> {
  const without = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--'] : []
  const [program = '', ...args] = [...without, ...command]
  return exec(program, args, { cwd: folder })
}

async function repository(): Promise<void> {
  await run('git', ['init', '-q', '-b', 'trunk', folder])
}

describe('gemba init', () => {
  test('makes a project of a repository and hides what is not to be committed', async () => {
    await repository()
    const result = await gemba(['init', '--no-input', '--json'])
    expect(result).toMatchObject({ code: 0 })
    expect(JSON.parse(result.stdout)).toMatchObject({ created: [expect.any(String), expect.any(String)] })
    expect(result.stderr).toContain('Next: gemba serve')
    const text = readFileSync(join(folder, '.gemba/gemba.toml'), 'utf8')
    expect(text).toContain('base = "trunk"')
    createDataFolder(folder)
    expect(await run('git', ['-C', folder, 'status', '--porcelain', '-uall'])).toBe(
      '?? .gemba/agents.toml\n?? .gemba/gemba.toml\n',
    )
  })

  test('keeps what is there', async () => {
    await repository()
    await gemba(['init', '--no-input'])
    writeFileSync(join(folder, '.gemba/gemba.toml'), '[project]\nid = "mine"\n')
    expect((await gemba(['init', '--no-input'])).code).toBe(0)
    expect(readFileSync(join(folder, '.gemba/gemba.toml'), 'utf8')).toBe('[project]\nid = "mine"\n')
  })

  test('refuses a folder that is no repository, and leaves it as it was', async () => {
    const result = await gemba(['init', '--no-input'])
    expect(result.code).toBe(1)
    expect(result.stderr).toMatch(/^not_a_repository: .*\n {2}Run `git init`/)
    expect(existsSync(join(folder, '.gemba'))).toBe(false)
  })

  test('says that git refuses a repository of another user, and how to trust it', async () => {
    await repository()
    const result = await gemba(['init', '--no-input'], { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1', LANG: 'de_DE.UTF-8' })
    expect(result.code).toBe(1)
    expect(result.stderr).toBe(
      `repository_refused: git refuses to work in ${folder}, because it belongs to another user.\n` +
        `  Work in a clone of your own; or, if you trust it: \`git config --global --add safe.directory "${folder}"\`.\n`,
    )
  })

  test('says that it may not write there, and whose right is missing', async () => {
    await repository()
    chmodSync(folder, 0o555)
    const { code, stderr } = await asPlainUser([process.execPath, entry, 'init', '--no-input'])
    expect(code).toBe(1)
    expect(stderr).toBe(
      `path_unusable: ${folder}/.gemba can not be used: this user has no right to it.\n` +
        `  See whose it is with \`ls -ld '${folder}'\`; make it yours, or use a folder that is.\n`,
    )
  })

  test('says that a file is in its way', async () => {
    await repository()
    writeFileSync(join(folder, '.gemba'), '')
    const { code, stderr } = await gemba(['init', '--no-input', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stderr)).toMatchObject({ code: 'path_unusable', hint: expect.stringMatching(/^Move/) as string })
  })
})

describe('gemba serve refuses', () => {
  beforeEach(async () => {
    await repository()
    await gemba(['init', '--no-input'])
  })

  test('to listen beyond the loopback without sign-in', async () => {
    const result = await gemba(['serve', '--listen', '0.0.0.0:7666', '--auth', 'none'])
    expect(result.code).toBe(1)
    expect(result.stderr).toContain('bind_refused: Refusing to listen on 0.0.0.0:7666 without sign-in.')
  })

  test('a second start, with pid and URL', async () => {
    const lock = await lockProject(createDataFolder(folder), 'http://127.0.0.1:7999')
    const result = await gemba(['serve', '--json'])
    lock.release()
    expect(result.code).toBe(4)
    expect(JSON.parse(result.stderr)).toMatchObject({
      code: 'already_running',
      message: `Gemba is already running on this project: process ${process.pid}, http://127.0.0.1:7999.`,
    })
  })

  test('a port that another program has', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const result = await gemba(['serve', '--listen', `127.0.0.1:${port}`])
    await new Promise((resolve) => other.close(resolve))
    expect(result.code).toBe(4)
    expect(result.stderr).toContain(`port_in_use: Port ${port} is in use`)
    expect(result.stderr).toMatch(/`gemba serve --listen 127\.0\.0\.1:\d+`/)
  })

  test.each([
    ['--listen', '7667', 'gemba serve --listen 127.0.0.1:7667'],
    ['--listen', '127.0.0.1:99999', 'gemba serve --listen 127.0.0.1:7667'],
    ['--listen', 'http://127.0.0.1:7667', 'gemba serve --listen 127.0.0.1:7667'],
    ['--public-url', 'gemba.example', 'gemba serve --public-url https://gemba.example'],
  ])('%s %s, with an example of what is right', async (flag, value, example) => {
    const { code, stderr } = await gemba(['serve', flag, value])
    expect(code).toBe(2)
    expect(stderr).toContain(`usage: ${flag} ${value} is not an address`)
    expect(stderr).toContain(example)
  })

  test('a broken configuration, with its place', async () => {
    writeFileSync(join(folder, '.gemba/gemba.toml'), '[project]\nid = "shop"\nprefx = "x"\n')
    const result = await gemba(['serve'])
    expect(result.code).toBe(1)
    expect(result.stderr).toContain('.gemba/gemba.toml:3: unknown key project.prefx; did you mean project.prefix?')
  })

  test('a folder without a project', async () => {
    rmSync(join(folder, '.gemba'), { recursive: true })
    expect(await gemba(['serve'])).toMatchObject({ code: 3, stdout: '' })
  })

  test('when a program is missing, naming the command that brings it', async () => {
    const result = await gemba(['serve'], { GEMBA_TMUX: join(folder, 'none') })
    expect(result.code).toBe(1)
    expect(result.stderr).toMatch(/^tool_missing: tmux was not found.*\n {2}(Run|Install)/)
  })
})

describe('gemba doctor', () => {
  test('tells what there is as JSON', async () => {
    const result = await gemba(['doctor', '--json'])
    const report = JSON.parse(result.stdout) as { version: number; checks: { id: string; status: string }[] }
    expect(report.version).toBe(1)
    expect(report.checks.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['node', 'git', 'tmux', 'temporal', 'dolt', 'claude', 'codex', 'disk', 'project']),
    )
    expect(report.checks.find(({ id }) => id === 'git')?.status).toBe('ok')
  })

  test('ends with 6 and the mend when something is wrong', async () => {
    mkdirSync(join(folder, 'bin'))
    const old = join(folder, 'bin', 'temporal')
    writeFileSync(old, '#!/bin/sh\necho temporal version 1.0.0\n')
    chmodSync(old, 0o755)
    const result = await gemba(['doctor'], { GEMBA_TEMPORAL: old, GEMBA_TMUX: '/none' })
    expect(result.code).toBe(6)
    expect(result.stdout).toMatch(/✗ problem temporal: temporal version 1\.0\.0 .*too old\n.*gemba doctor --fix/)
    expect(result.stdout).toContain('✗ problem tmux: not found')
  })
})

test('config explain tells value and origin, and hides passwords', async () => {
  await repository()
  await gemba(['init', '--no-input'])
  const env = { GEMBA_STORE_URL: 'postgres://me:hun@ter2@db/gemba' }
  const result = await gemba(['config', 'explain', 'store.url', '--json'], env)
  expect(JSON.parse(result.stdout)).toMatchObject({
    keys: [{ key: 'store.url', value: 'postgres://me:…@db/gemba', from: 'environment GEMBA_STORE_URL' }],
  })
  expect(await gemba(['config', 'explain', 'server.lisen'])).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('did you mean server.listen?') as string,
  })
})

test.each([
  ['an unknown command', ['srve'], 2, 'Did you mean serve?'],
  ['an unknown option', ['doctor', '--fixx'], 2, '--fix'],
  ['a wrong choice', ['serve', '--auth', 'some'], 2, 'token, none'],
  ['nothing that runs', ['open'], 3, 'not_running'],
])('%s', async (_, args, code, said) => {
  const result = await gemba(args)
  expect(result.code).toBe(code)
  expect(result.stderr).toContain(said)
})

test('--version and --help are data and succeed', async () => {
  expect(await gemba(['--version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
  })
  expect(await gemba(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('gemba') as string })
})
