import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CommandLine } from './testing/command-line.ts'

let line: CommandLine

beforeEach(() => {
  line = new CommandLine()
})

afterEach(() => line.release())

test('config explain tells value and origin, and hides passwords', async () => {
  await line.project()
  const env = { GEMBA_STORE_URL: 'postgres://me:hun@ter2@db/gemba' }
  const result = await line.gemba(['config', 'explain', 'store.url', '--json'], env)
  expect(JSON.parse(result.stdout)).toMatchObject({
    keys: [{ key: 'store.url', value: 'postgres://me:…@db/gemba', from: 'environment GEMBA_STORE_URL' }],
  })
  expect(await line.gemba(['config', 'explain', 'server.lisen'])).toMatchObject({
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
  const result = await line.gemba(args)
  expect(result.code).toBe(code)
  expect(result.stderr).toContain(said)
})

test('--version and --help are data and succeed', async () => {
  expect(await line.gemba(['--version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
  })
  expect(await line.gemba(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('gemba') as string })
})

test('config explain tells without a project what the environment says, and never a password', async () => {
  const env = { GEMBA_BEADS_URL: 'mysql://ada:hush@10.0.0.9:3306/plans', GEMBA_BEADS_READ_ONLY: 'true' }
  const { code, stdout } = await line.gemba(['config', 'explain', 'beads'], env)
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /^beads\.url = "mysql:\/\/ada.*@10\.0\.0\.9:3306\/plans"\n {2}from environment GEMBA_BEADS_URL/m,
  )
  expect(stdout).toMatch(/^beads\.read_only = true\n {2}from environment GEMBA_BEADS_READ_ONLY/m)
  expect(stdout).not.toContain('hush')
})

test('config explain helps also where the files are missing or broken', async () => {
  const none = await line.gemba(['config', 'explain', 'agent'])
  expect(none.code).toBe(0)
  expect(none.stderr).toContain('There is no project here')
  expect(none.stdout).toMatch(/^agent\[\]\.name\n {2}from each \[\[agent\]\] of .*agents\.toml \(string\)$/m)
  await line.project()
  writeFileSync(join(line.folder, '.gemba/gemba.toml'), '[project]\nid = "shop"\n[server]\nlisten = 7\n')
  const broken = await line.gemba(['config', 'explain', 'server', '--json'])
  expect(broken.code).toBe(1)
  expect(JSON.parse(broken.stderr)).toMatchObject({ code: 'config_invalid' })
  expect(JSON.parse(broken.stdout)).toMatchObject({
    keys: expect.arrayContaining([
      expect.objectContaining({ key: 'server.listen', value: '127.0.0.1:7666', environment: 'GEMBA_LISTEN' }),
    ]) as unknown[],
  })
})
