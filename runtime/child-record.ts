import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { DataFolder } from './data-folder.ts'
import { identify, isStillRunning, type ProcessIdentity } from './process-identity.ts'
import { isCode, writePrivateFile } from './secret.ts'

/** Longest that an earlier supervisor's children are given to end by themselves, as their guards make them. */
const waitMs = 12_000

/** Notes which children run, with their start times, so that the next supervisor can wait for what is left of them. */
export class ChildRecord {
  readonly #file: string
  readonly #children = new Map<string, ProcessIdentity>()

  constructor(folder: DataFolder) {
    this.#file = folder.children
  }

  /** Notes the process that now stands for `name`. On a full disk it rejects; `write` makes up for it. */
  async note(name: string, pid: number): Promise<void> {
    this.#children.set(name, await identify(pid))
    this.write()
  }

  /** Writes down again what was noted. */
  write(): void {
    writePrivateFile(this.#file, JSON.stringify([...this.#children.values()]))
  }
}

/**
 * Waits until no child of an earlier, killed supervisor is left, and ends by force what does not end.
 * Call it only while holding the project's lock. `waiting` is told once when there is something to wait for.
 */
export async function awaitLeftChildren(folder: DataFolder, waiting: (count: number) => void): Promise<void> {
  const deadline = performance.now() + waitMs
  let left = await living(readRecord(folder.children))
  if (left.length > 0) waiting(left.length)
  while (left.length > 0 && performance.now() < deadline) {
    await pause(100)
    left = await living(left)
  }
  for (const { pid } of left) endGroup(pid)
}

async function living(children: readonly ProcessIdentity[]): Promise<ProcessIdentity[]> {
  const alive = await Promise.all(children.map(isStillRunning))
  return children.filter((_, index) => alive[index])
}

function readRecord(file: string): ProcessIdentity[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity[]
  } catch (error) {
    if (isCode(error, 'ENOENT') || error instanceof SyntaxError) return []
    throw error
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (!isCode(error, 'ESRCH')) throw error
  }
}
