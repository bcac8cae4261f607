import { existsSync, readdirSync, rmSync } from 'node:fs'
import { url as inspectorUrl } from 'node:inspector'
import { setTimeout as sleep } from 'node:timers/promises'
import { listeningPorts } from './listening-ports.ts'
import { endProcesses, processesOf, type RunProcess } from './run-processes.ts'
import type { TestFile, TestRun } from './test-run.ts'

/** What a test file left behind. */
export interface Leftovers {
  readonly processes: readonly (RunProcess & { readonly ports: readonly number[] })[]
  /** Entries of its temporary folder. */
  readonly entries: readonly string[]
  /** Ports on which the test's own process still listens. */
  readonly ports: readonly number[]
}

const lookEveryMs = 50

/** What is still left after `graceMs`; what ends by itself until then has not been left. */
export async function leftoversOf(run: TestRun, file: TestFile, graceMs: number): Promise<Leftovers> {
  const until = performance.now() + graceMs
  for (;;) {
    const found = await look(run, file)
    if (isNothing(found) || performance.now() > until) return found
    await sleep(lookEveryMs)
  }
}

export function isNothing({ processes, entries, ports }: Leftovers): boolean {
  return processes.length + entries.length + ports.length === 0
}

/** Ends what was left and removes the file's folder, so that nothing of it reaches another test. */
export async function endLeftovers(run: TestRun, file: TestFile): Promise<void> {
  await endProcesses(() => processesOfFile(run, file))
  rmSync(file.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
}

/** One line for each leftover. */
export function describeLeftovers({ processes, entries, ports }: Leftovers): string[] {
  return [
    ...processes.map(({ pid, command, ports }) => `process ${pid}${onPorts(ports)}: ${command.slice(0, 300)}`),
    ...entries.map((entry) => `in its temporary folder: ${entry}`),
    ...ports.map((port) => `port ${port}, on which its own process still listens`),
  ]
}

function onPorts(ports: readonly number[]): string {
  return ports.length === 0 ? '' : `, listening on ${ports.join(' and ')}`
}

async function look(run: TestRun, file: TestFile): Promise<Leftovers> {
  const processes = await processesOfFile(run, file)
  return {
    processes: processes.map((each) => ({ ...each, ports: listeningPorts(each.pid) })),
    entries: entriesOf(file),
    ports: listeningPorts(process.pid).filter((port) => port !== debuggersPort()),
  }
}

async function processesOfFile(run: TestRun, file: TestFile): Promise<RunProcess[]> {
  return (await processesOf(run)).filter((each) => each.file === file.number)
}

/** tmux leaves the names of its sockets to whoever comes next; a server of it is a process. */
function entriesOf({ folder }: TestFile): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => !/^tmux-\d+$/.test(name)) : []
}

function debuggersPort(): number | undefined {
  const url = inspectorUrl()
  return url === undefined ? undefined : Number(new URL(url).port)
}
