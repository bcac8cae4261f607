import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { boundLogs } from './log-files.ts'
import { Supervisor } from './supervisor.ts'

const largest = 100_000

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'gemba-logs-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }))
  return made
}

test('of a log that grew far over the limit only the last of it is kept', () => {
  const logs = folder()
  const text = Array.from({ length: 200_000 }, (_, line) => `line ${line}\n`).join('')
  writeFileSync(join(logs, 'flood.log'), text)
  writeFileSync(join(logs, 'flood.log.1'), 'older')
  writeFileSync(join(logs, 'calm.log'), 'calm')
  boundLogs(logs, largest)
  expect(readFileSync(join(logs, 'flood.log'), 'utf8')).toBe('')
  const tail = text.slice(-largest)
  expect(readFileSync(join(logs, 'flood.log.1'), 'utf8')).toBe(tail.slice(tail.indexOf('\n') + 1))
  expect(readFileSync(join(logs, 'calm.log'), 'utf8')).toBe('calm')
  expect(existsSync(join(logs, 'calm.log.1'))).toBe(false)
})

test('a log that can not be set aside is emptied all the same, and nothing is thrown', () => {
  const logs = folder()
  writeFileSync(join(logs, 'one.log'), 'x'.repeat(largest + 1))
  appendFileSync(join(logs, 'one.log.1'), '')
  expect(() => boundLogs(join(logs, 'one.log'), largest)).not.toThrow()
  expect(() => boundLogs(join(logs, 'absent'), largest)).not.toThrow()
  expect(statSync(join(logs, 'one.log')).size).toBe(largest + 1)
})

test('a process that floods its log takes the room of two logs, and is not stopped by it', async () => {
  const logs = folder()
  const flood = `i=0; while [ $i -lt 60 ]; do head -c 2000000 /dev/zero | tr '\\0' 'x'; i=$((i + 1)); done; echo over >&2; sleep 600`
  const supervisor = new Supervisor({
    children: [
      {
        name: 'flood',
        command: '/bin/sh',
        args: ['-c', flood],
        env: process.env,
        cwd: logs,
        needs: [],
        ready: () => Promise.resolve(true),
        readyWithinMs: 20_000,
        graceSeconds: 1,
      },
    ],
    logs,
    largestLog: largest,
    report: () => undefined,
  })
  onTestFinished(() => supervisor.stop())
  await supervisor.start()
  const kept = (): string => ['flood.log.1', 'flood.log'].map((name) => contentOf(join(logs, name))).join('')
  await vi.waitUntil(() => kept().includes('over'), { timeout: 50_000, interval: 100 })
  await vi.waitUntil(() => kept().length <= 2 * largest, { timeout: 20_000, interval: 100 })
}, 90_000)

function contentOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}
