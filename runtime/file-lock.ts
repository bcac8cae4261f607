import { randomBytes } from 'node:crypto'
import { constants, linkSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { NoPlainFile, readEnd, withOwnFile } from './plain-file.ts'
import { identify, isStillRunning, type ProcessIdentity } from './process-identity.ts'
import { isCode, isNoRoom, writePrivateFile } from './secret.ts'

/** Bytes that a holder's file may have. */
const mostBytes = 64 * 1024

/** Who holds a lock, and what it says of itself. */
export interface LockHolder extends ProcessIdentity {
  readonly note: string
  readonly released: boolean
  /** What the holder is doing, in a word of its own. */
  readonly state?: string
}

export interface HeldLock {
  /** Tells those who come what the holder is doing; on a full disk they hear what they heard before. */
  mark(state: string): void
  /** Lets the next one in, also on a full disk. Safe to call twice. */
  release(): void
}

export type LockAttempt =
  { readonly held: true; readonly lock: HeldLock } | { readonly held: false; readonly holder: LockHolder }

/**
 * Takes the lock that `folder` stands for, or tells who has it. A holder that died (pid and start time are compared)
 * has lost it. The folder holds one numbered file per holder; the highest number counts and only ever grows, so two
 * processes that take over from the same dead holder at once can not both succeed.
 */
export async function tryLock(folder: string, note: string): Promise<LockAttempt> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const own = await identify(process.pid)
  for (;;) {
    const number = latest(folder)
    const holder = number === 0 ? undefined : readHolder(folder, number)
    if (holder !== undefined && !holder.released && (await isStillRunning(holder))) return { held: false, holder }
    if (!claim(folder, number + 1, { ...own, note, released: false })) continue
    if (latest(folder) !== number + 1) {
      rmSync(fileOf(folder, number + 1), { force: true })
      continue
    }
    forgetBelow(folder, number + 1)
    return { held: true, lock: held(folder, number + 1, { ...own, note, released: false }) }
  }
}

/** Who holds the lock now, if anyone alive does. */
export async function lockHolder(folder: string): Promise<LockHolder | undefined> {
  const number = latest(folder)
  const holder = number === 0 ? undefined : readHolder(folder, number)
  if (holder === undefined || holder.released || !(await isStillRunning(holder))) return undefined
  return holder
}

/** Takes the lock, waiting for its holder; `waiting` is told once whom we wait for. */
export async function waitForLock(
  folder: string,
  note: string,
  options: { waiting?: (holder: LockHolder) => void; signal?: AbortSignal } = {},
): Promise<HeldLock> {
  let told = false
  for (;;) {
    options.signal?.throwIfAborted()
    const attempt = await tryLock(folder, note)
    if (attempt.held) return attempt.lock
    if (!told) options.waiting?.(attempt.holder)
    told = true
    await pause(200)
  }
}

function held(folder: string, number: number, holder: LockHolder): HeldLock {
  let done = false
  const file = fileOf(folder, number)
  const say = (more: Partial<LockHolder>, withoutRoom: () => void): void => {
    if (done || latest(folder) !== number) return
    try {
      writePrivateFile(file, JSON.stringify({ ...holder, ...more }))
    } catch (error) {
      if (!isNoRoom(error)) throw error
      withoutRoom()
    }
  }
  return {
    mark: (state) => say({ state }, () => undefined),
    release() {
      // Emptying takes no room, and an empty file is nobody's lock.
      say({ released: true }, () => truncateSync(file))
      done = true
    },
  }
}

/** Creates the numbered file whole, or not at all when another was first. */
function claim(folder: string, number: number, holder: LockHolder): boolean {
  const draft = join(folder, `draft.${holder.pid}.${randomBytes(4).toString('hex')}`)
  try {
    writeFileSync(draft, JSON.stringify(holder), { mode: 0o600, flag: 'wx' })
    linkSync(draft, fileOf(folder, number))
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function readHolder(folder: string, number: number): LockHolder | undefined {
  try {
    const text = withOwnFile(fileOf(folder, number), constants.O_RDONLY, (file, size) => readEnd(file, size, mostBytes))
    return JSON.parse(text) as LockHolder
  } catch (error) {
    if (isCode(error, 'ENOENT') || error instanceof SyntaxError || error instanceof NoPlainFile) return undefined
    throw error
  }
}

function latest(folder: string): number {
  return Math.max(0, ...numbersIn(folder))
}

function forgetBelow(folder: string, number: number): void {
  for (const old of numbersIn(folder)) if (old < number) rmSync(fileOf(folder, old), { force: true })
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder).flatMap((name) => (/^holder\.(\d+)$/.test(name) ? [Number(name.slice(7))] : []))
  } catch (error) {
    if (isCode(error, 'ENOENT')) return []
    throw error
  }
}

function fileOf(folder: string, number: number): string {
  return join(folder, `holder.${number}`)
}
