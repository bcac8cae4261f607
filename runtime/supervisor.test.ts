import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { GembaError } from '../model/error.ts'
import { start } from './exec.ts'
import { identify, isAlive } from './process-identity.ts'
import type { ChildDescription, ChildEvent } from './supervised-child.ts'
import { Supervisor } from './supervisor.ts'

const quick = { first: 20, longest: 50, forgetAfter: 60_000, reportAfter: 3 }
let folder: string
const releases: (() => unknown)[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gemba-supervisor-'))
})

afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release()
  rmSync(folder, { recursive: true, force: true })
})

/** A child that appends its pid and then sleeps, deaf to TERM when `deaf`. */
function sleeper(name: string, options: { needs?: string[]; deaf?: boolean; then?: string } = {}): ChildDescription {
  const trap = options.deaf === true ? "trap '' TERM;" : `trap 'echo ${name} >> "${folder}/stopped"; exit 0' TERM;`
  return {
    name,
    command: '/bin/sh',
    args: ['-c', `${trap} echo $$ >> "${folder}/${name}.pids"; ${options.then ?? 'while :; do sleep 0.1; done'}`],
    env: process.env,
    cwd: folder,
    needs: options.needs ?? [],
    ready: async () => pids(name).length > 0,
    readyWithinMs: 20_000,
    graceSeconds: 1,
  }
}

function pids(name: string): number[] {
  try {
    return readFileSync(join(folder, `${name}.pids`), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map(Number)
  } catch {
    return []
  }
}

function supervise(
  children: readonly ChildDescription[],
  options: { hungAfterMs?: number; largestLog?: number } = {},
): { supervisor: Supervisor; events: ChildEvent[] } {
  const events: ChildEvent[] = []
  const report = (event: ChildEvent): unknown => event.type !== 'message' && events.push(event)
  const supervisor = new Supervisor({ children, logs: folder, report, restart: quick, ...options })
  releases.push(() => supervisor.stop())
  return { supervisor, events }
}

test('children start after what they need and stop in reverse', async () => {
  const { supervisor, events } = supervise([
    sleeper('last', { needs: ['middle'] }),
    sleeper('middle', { needs: ['first'] }),
    sleeper('first'),
  ])
  await supervisor.start()
  expect(events.map((event) => `${event.type} ${event.name}`)).toEqual([
    ...['started first', 'ready first', 'started middle', 'ready middle', 'started last', 'ready last'],
  ])
  await supervisor.stop()
  expect(readFileSync(join(folder, 'stopped'), 'utf8').trim().split('\n')).toEqual(['last', 'middle', 'first'])
})

test('a killed child is started again', async () => {
  const { supervisor, events } = supervise([sleeper('one')])
  await supervisor.start()
  process.kill(pids('one')[0] ?? 0, 'SIGKILL')
  await vi.waitFor(() => expect(pids('one')).toHaveLength(2), { timeout: 20_000 })
  expect(events).toContainEqual({ type: 'ended', name: 'one', how: 'signal SIGKILL', retryInMs: 20 })
  expect(supervisor.pidOf('one')).toBe(pids('one')[1])
})

test('a child that fails from the start is given up with the end of its log', async () => {
  const broken = sleeper('broken', { then: 'echo the disk is on fire; exit 3' })
  const { supervisor, events } = supervise([{ ...broken, ready: () => Promise.resolve(false) }])
  await expect(supervisor.start()).rejects.toMatchObject({
    code: 'process_failing',
    message: expect.stringContaining('the disk is on fire') as unknown,
  })
  expect(events.filter((event) => event.type === 'failing')).toHaveLength(1)
})

test('a program that does not exist is a failing child', async () => {
  const { supervisor } = supervise([{ ...sleeper('none'), command: '/does/not/exist', ready: async () => false }])
  await expect(supervisor.start()).rejects.toMatchObject({ code: 'process_failing' })
})

test('a deaf child is ended by force after its grace', async () => {
  const { supervisor, events } = supervise([sleeper('deaf', { deaf: true })])
  await supervisor.start()
  await supervisor.stop()
  expect(events.at(-1)).toMatchObject({ type: 'stopped', name: 'deaf', how: 'signal SIGKILL' })
  const [deaf = 0] = pids('deaf')
  expect(deaf).toBeGreaterThan(0)
  expect(isAlive(await identify(deaf))).toBe(false)
})

/** A child of ours: it says that it is ready, answers questions, and does `then`. */
function node(name: string, then = ''): ChildDescription {
  const file = join(folder, `${name}.mjs`)
  const supervised = new URL('supervised.ts', import.meta.url).href
  const lines = [
    "import { appendFileSync } from 'node:fs'",
    `import { supervised } from ${JSON.stringify(supervised)}`,
    'const tell = supervised(async () => undefined)',
    `appendFileSync(${JSON.stringify(join(folder, `${name}.pids`))}, process.pid + '\\n')`,
    then,
    'tell({ ready: true })',
  ]
  writeFileSync(file, lines.join('\n'))
  const env = { ...process.env, NODE_NO_WARNINGS: '1' }
  return { ...sleeper(name), command: process.execPath, args: [file], env, ready: 'message', alive: 'message' }
}

test('a child that answers is left alone', async () => {
  const { supervisor, events } = supervise([node('fine')], { hungAfterMs: 2_000 })
  await supervisor.start()
  let answers = 0
  const answered = { ...sleeper('asked'), alive: async () => (answers += 1) > 0 }
  const other = supervise([answered], { hungAfterMs: 2_000 })
  await other.supervisor.start()
  await vi.waitFor(() => expect(answers).toBeGreaterThan(6), { timeout: 20_000 })
  expect([...events, ...other.events].map((event) => event.type)).toEqual(['started', 'ready', 'started', 'ready'])
})

test.each([
  ['a stopped process', '', (pid: number) => process.kill(pid, 'SIGSTOP')],
  ['a blocked event loop', "process.on('SIGUSR2', () => { for (;;); })", (pid: number) => process.kill(pid, 'SIGUSR2')],
  [
    'a pool of threads that is all busy',
    `import { pbkdf2 } from 'node:crypto'
     process.on('SIGUSR2', () => { for (let n = 0; n < 8; n += 1) pbkdf2('a', 'b', 1e9, 64, 'sha512', () => undefined) })`,
    (pid: number) => process.kill(pid, 'SIGUSR2'),
  ],
])('%s is ended, told of with a code, and started again', async (_, then, hang) => {
  const { supervisor, events } = supervise([node('one', then)], { hungAfterMs: 2_000 })
  await supervisor.start()
  const [first = 0] = pids('one')
  hang(first)
  await vi.waitFor(() => expect(events.filter((event) => event.type === 'ready')).toHaveLength(2), { timeout: 30_000 })
  expect(isAlive(await identify(first))).toBe(false)
  expect(events.map((event) => event.type)).toEqual(['started', 'ready', 'hung', 'ended', 'started', 'ready'])
  expect(events[2]).toMatchObject({ name: 'one', pid: first, error: { code: 'process_hung' } })
  expect(events[3]).toMatchObject({
    how: expect.stringMatching(/^signal SIGKILL after \d+ s without an answer$/) as unknown,
  })
})

test('a service whose check no longer succeeds is ended and started again', async () => {
  let answers = true
  const service = {
    ...sleeper('service'),
    alive: () => (answers ? Promise.resolve(true) : Promise.reject(new Error())),
  }
  const { supervisor, events } = supervise([service], { hungAfterMs: 1_000 })
  await supervisor.start()
  answers = false
  await vi.waitFor(() => expect(events.map((event) => event.type)).toContain('hung'), { timeout: 20_000 })
  answers = true
  await vi.waitFor(() => expect(pids('service')).toHaveLength(2), { timeout: 20_000 })
})

test('a stopped child is no reason not to stop', async () => {
  const { supervisor } = supervise([node('one')])
  await supervisor.start()
  process.kill(pids('one')[0] ?? 0, 'SIGSTOP')
  await supervisor.stop()
  expect(isAlive(await identify(pids('one')[0] ?? 0))).toBe(false)
})

test('a log that grows is set aside while its child goes on writing', async () => {
  const talk = 'n=0; while :; do n=$((n+1)); echo "line $n of a talkative child"; sleep 0.01; done'
  const { supervisor } = supervise([sleeper('talker', { then: talk })], { largestLog: 2_000, hungAfterMs: 1_000 })
  await supervisor.start()
  const log = join(folder, 'talker.log')
  const aside = (): string[] => readFileSync(`${log}.1`, 'utf8').trim().split('\n')
  await vi.waitFor(() => expect(aside()[0]).not.toMatch(/^line 1 /), { timeout: 20_000 })
  await supervisor.stop()
  const now = readFileSync(log, 'utf8')
  expect(now).not.toContain('\0')
  expect(aside().every((line) => /^line \d+ of a talkative child$/.test(line))).toBe(true)
})

test('kill -9 of the supervisor leaves no child behind, be it deaf or a Node process', async () => {
  const nodeChild = join(folder, 'child.mjs')
  writeFileSync(
    nodeChild,
    `import { appendFileSync } from 'node:fs'
     appendFileSync(${JSON.stringify(join(folder, 'node.pids'))}, process.pid + '\\n')
     process.send({ ready: true })
     setInterval(() => undefined, 1000)`,
  )
  const plan = join(folder, 'plan.json')
  const node = { name: 'node', command: process.execPath, args: [nodeChild], needs: ['deaf'] }
  writeFileSync(
    plan,
    JSON.stringify({ logs: folder, children: [node, sleeper('kind'), sleeper('deaf', { deaf: true })] }),
  )
  const supervisor = startSupervisor(plan)
  const guarded = (): number[] => ['kind', 'deaf', 'node'].flatMap(pids)
  await vi.waitFor(() => expect(guarded()).toHaveLength(3), { timeout: 30_000 })
  supervisor.kill('SIGKILL')
  await vi.waitFor(
    async () => {
      const left = await Promise.all(guarded().map(identify))
      expect(left.filter(isAlive)).toEqual([])
    },
    { timeout: 20_000 },
  )
})

function startSupervisor(plan: string): ChildProcess {
  const entry = fileURLToPath(new URL('testing/supervise.ts', import.meta.url))
  const child = start(process.execPath, [entry, plan], { stdio: ['ignore', 'pipe', 'inherit'] })
  releases.push(() => child.kill('SIGKILL'))
  if (child.stdout !== null) createInterface(child.stdout).on('line', () => undefined)
  return child
}

test('a child that ended on a full disk is started again when there is room, not before and without a hurry', async () => {
  const events: ChildEvent[] = []
  const room = Promise.withResolvers<void>()
  let full = true
  const supervisor = new Supervisor({
    children: [sleeper('one')],
    logs: folder,
    report: (event) => event.type !== 'message' && events.push(event),
    restart: quick,
    room: {
      missing: async () => (full ? new GembaError('disk_full', { path: folder }) : undefined),
      until: () => room.promise,
    },
  })
  releases.push(() => supervisor.stop())
  await supervisor.start()
  process.kill(supervisor.pidOf('one') ?? 0, 'SIGKILL')
  await vi.waitUntil(() => events.some((event) => event.type === 'held'))
  await new Promise((resolve) => setTimeout(resolve, 5 * quick.longest))
  expect(events.map(({ type }) => type)).toEqual(['started', 'ready', 'held'])
  expect(events.at(-1)).toMatchObject({ how: 'signal SIGKILL', error: { code: 'disk_full' } })
  full = false
  room.resolve()
  await vi.waitUntil(() => events.at(-1)?.type === 'ready')
  expect(events.at(-1)).toMatchObject({ restarts: 1 })
})

test('a child whose log can not be opened is tried again like one that ended', async () => {
  const logs = join(folder, 'a file')
  writeFileSync(logs, '')
  const events: ChildEvent[] = []
  const report = (event: ChildEvent): unknown => events.push(event)
  const supervisor = new Supervisor({ children: [sleeper('one')], logs, report, restart: quick })
  releases.push(() => supervisor.stop())
  await expect(supervisor.start()).rejects.toMatchObject({ code: 'process_failing' })
  expect(events.filter(({ type }) => type === 'ended')).toHaveLength(quick.reportAfter)
})
