import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { run, start } from '../exec.ts'
import { silentReport } from '../testing/silent-report.ts'
import { obtain, type Installer } from './obtain.ts'

let tools: string
let target: string

beforeEach(() => {
  tools = join(mkdtempSync(join(tmpdir(), 'gemba-obtain-')), 'tools')
  target = join(tools, 'widget-1', 'widget')
})

afterEach(() => {
  rmSync(join(tools, '..'), { recursive: true, force: true })
})

const works: Installer = {
  name: 'works',
  needs: { bytes: 1_000 },
  install(_, program) {
    writeFileSync(program, '#!/bin/sh\necho widget\n')
    return Promise.resolve({ way: 'test' })
  },
}

function fails(name: string, error: Error): Installer {
  return {
    name,
    needs: { bytes: 2_000_000 },
    install(folder) {
      writeFileSync(join(folder, 'half'), 'done')
      return Promise.reject(error)
    },
  }
}

function get(...installers: Installer[]): Promise<string> {
  return obtain({ tool: 'widget', target, installers, fix: 'Buy a widget.', report: silentReport })
}

/** What is left beside the lock. */
function left(): string[] {
  return readdirSync(tools).filter((name) => !name.startsWith('.lock-'))
}

test('two set-ups at once: one installs, the other says that it waits, both have it', async () => {
  const program = fileURLToPath(new URL('../testing/obtain.ts', import.meta.url))
  const log = join(tools, '..', 'log')
  const until = join(tools, '..', 'until')
  let waiting = 0
  const both = [1, 2].map(() => {
    const child = start(process.execPath, [program, target, log, until], { stdio: ['ignore', 'pipe', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    if (child.stdout === null || child.stderr === null) throw new Error('no output')
    createInterface(child.stderr).on('line', (line) => {
      if (!/another set-up \(process \d+\) is getting it; waiting/.test(line)) return
      waiting += 1
      writeFileSync(until, '')
    })
    return text(child.stdout)
  })
  expect(await Promise.all(both)).toEqual([`${target}\n`, `${target}\n`])
  expect(readFileSync(log, 'utf8')).toBe('installed\n')
  expect(waiting).toBe(1)
  expect(await run(target, [])).toBe('widget\n')
})

test('an installer that fails gives way to the next, and nothing of it stays', async () => {
  await get(fails('download', new Error('no network')), works)
  expect(left()).toEqual(['widget-1'])
  expect(JSON.parse(readFileSync(join(tools, 'widget-1', 'origin.json'), 'utf8'))).toEqual({ way: 'test' })
})

test('when all fail, each reason and the mend are told', async () => {
  const attempt = get(fails('download', new Error('no network')), fails('build', new Error('no compiler')))
  await expect(attempt).rejects.toMatchObject({
    code: 'tool_missing',
    params: { why: 'download: no network; build: no compiler' },
    mend: 'Buy a widget.',
  })
  expect(left()).toEqual([])
})

test.for<[string, (folder: string) => Error, (tools: string) => string]>([
  ['of a write', () => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }), (tools) => tools],
  ['of tar', () => new Error('tar ended with 2: widget: Cannot write: No space left on device'), (tools) => tools],
  [
    'of Go',
    () => new Error('go ended with 1: write /x/go-build/ab/cd-d: no space left on device'),
    () => '/x/go-build/ab',
  ],
])(
  'a full disk, by the word %s, ends it at once, says where and how much, and leaves nothing',
  async ([, error, folder]) => {
    await expect(get(fails('download', error(tools)), works)).rejects.toMatchObject({
      code: 'room_missing',
      params: { what: 'widget', need: '2 MB', folder: folder(tools) },
    })
    expect(left()).toEqual([])
    expect(await get(works)).toBe(target)
  },
)

test('an installer that would find too little room is not begun', async () => {
  const needs = { bytes: Number.MAX_SAFE_INTEGER }
  const attempt = get({ ...fails('download', new Error('begun')), needs })
  await expect(attempt).rejects.toMatchObject({ code: 'room_missing', params: { folder: tools } })
  expect(left()).toEqual([])
})

test('what an earlier set-up left half-done is removed, and a finished one is used', async () => {
  mkdirSync(join(tools, '.partial-widget-abc'), { recursive: true })
  await get(works)
  expect(left()).toEqual(['widget-1'])
  await get(fails('never asked', new Error('asked')))
  expect(existsSync(target)).toBe(true)
})
