import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { exec } from '../../runtime/exec.ts'
import { processStat } from '../../runtime/process-identity.ts'
import { brandOf } from './brand.ts'
import type { TestRun } from './test-run.ts'

/** A process that comes from a test file of a run. */
export interface RunProcess {
  readonly pid: number
  /** The test file's number. */
  readonly file: number
  /** Its command line; without `/proc` its environment may follow. */
  readonly command: string
}

const rounds = 40

/** All living processes that come from the run's test files, but for this one. */
export async function processesOf(run: TestRun): Promise<RunProcess[]> {
  return process.platform === 'linux' ? processesInProc(run) : processesInPs(run)
}

/** The same at once, from `/proc`; nothing where there is none. */
export function processesInProc(run: TestRun): RunProcess[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name)
    const file = Number.isInteger(pid) && pid !== process.pid ? fileOf(run, pid) : undefined
    return file === undefined || !lives(pid) ? [] : [{ pid, file, command: commandOf(pid) }]
  })
}

/** Kills them, and what they have started meanwhile. False when some would not end. */
export async function endProcesses(found: () => Promise<readonly RunProcess[]>): Promise<boolean> {
  for (let round = 0; round < rounds; round += 1) {
    const living = await found()
    if (living.length === 0) return true
    kill(living)
    await sleep(25)
  }
  return false
}

export function kill(processes: readonly RunProcess[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

/** The number of the test file that the process comes from. */
function fileOf(run: TestRun, pid: number): number | undefined {
  if (run.number === null) return mentioned(run, read(`/proc/${pid}/environ`) + read(`/proc/${pid}/cmdline`))
  const found = brandOf(pid)
  return found?.run === run.number && found.file !== run.number ? found.file : undefined
}

/** A file's folder is in the environment of what it starts, and of what an agent is allowed to know. */
function mentioned(run: TestRun, text: string): number | undefined {
  const at = text.indexOf(`${run.folder}/`)
  const number = at < 0 ? undefined : /^\d+\b/.exec(text.slice(at + run.folder.length + 1))?.[0]
  return number === undefined ? undefined : Number(number)
}

async function processesInPs(run: TestRun): Promise<RunProcess[]> {
  const { stdout } = await exec('ps', ['-axww', '-E', '-o', 'pid=,command='])
  return stdout.split('\n').flatMap((line) => {
    const [, pid, command = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? []
    const file = mentioned(run, command)
    return file === undefined || Number(pid) === process.pid ? [] : [{ pid: Number(pid), file, command }]
  })
}

function lives(pid: number): boolean {
  return !['Z', 'X', undefined].includes(processStat(pid)?.state)
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).split('\0').filter(Boolean).join(' ') || read(`/proc/${pid}/comm`).trim()
}

/** Empty when the process is gone, or somebody else's. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
