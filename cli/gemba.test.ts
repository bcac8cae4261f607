import { afterEach, beforeEach, expect, test } from 'vitest'
import { CommandLine } from './testing/command-line.ts'

let line: CommandLine

beforeEach(() => {
  line = new CommandLine()
})

afterEach(() => line.release())

test('config explain tells value and origin, and hides passwords', async () => {
  await line.repository()
  await line.gemba(['init', '--no-input'])
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
