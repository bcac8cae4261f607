import { randomUUID } from 'node:crypto'
import { existsSync, linkSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseJsonObject } from '../../model/json.ts'
import { readRegularFile } from './regular-file.ts'

/** Bytes of a letter in the mailbox. */
const longest = 256 * 1024

/**
 * How an answer reaches an asker that waits (`gemba-ask --wait`) instead of reading its pane. In the session's `asks`
 * folder: `waiting-<event>` while it waits, `answer-<event>` when the host answered, `taken-<event>` once the asker has
 * it. Both sides move the answer by one rename, so it is either taken or withdrawn, never both.
 */
export interface Waiter {
  readonly event: string
  readonly pid: number
  /** Of the asker's launch. */
  readonly fence: number
}

export function registerWaiter(folder: string, waiter: Waiter): () => void {
  const path = join(folder, `waiting-${waiter.event}`)
  const release = (): void => rmSync(path, { force: true })
  try {
    writeFileSync(path, JSON.stringify(waiter), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    release()
    throw error
  }
  return release
}

/** The registered waiters, the one that waits longest first. */
export function listWaiters(folder: string): Waiter[] {
  return readdirSync(folder)
    .filter((name) => /^waiting-[0-9a-f]{16}$/.test(name))
    .map((name) => ({ name, since: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((one, other) => one.since - other.since)
    .flatMap(({ name }) => parseWaiter(join(folder, name), name.slice('waiting-'.length)))
}

/** Puts the answer where the waiter looks. The same event is answered once; false when it was before. Throws on a full disk. */
export function putAnswer(folder: string, event: string, text: string): boolean {
  // The folder is the agent's too: a name that it could foresee might be a pipe, which would never take the text.
  const draft = join(folder, `draft-${randomUUID()}`)
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx' })
    return links(draft, join(folder, `answer-${event}`))
  } finally {
    rmSync(draft, { force: true })
  }
}

/** A link fails where a rename would replace what is there. */
function links(draft: string, path: string): boolean {
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** The waiter's side: the answer, once. */
export function takeAnswer(folder: string, event: string): string | undefined {
  return move(folder, `answer-${event}`, `taken-${event}`)
}

/** The host's side, when nobody took it: true when it is certain that nobody will. */
export function withdrawAnswer(folder: string, event: string): boolean {
  move(folder, `answer-${event}`, `withdrawn-${event}`)
  return existsSync(join(folder, `withdrawn-${event}`))
}

export function isTaken(folder: string, event: string): boolean {
  return existsSync(join(folder, `taken-${event}`))
}

function move(folder: string, from: string, to: string): string | undefined {
  try {
    renameSync(join(folder, from), join(folder, to))
  } catch {
    return undefined
  }
  return readRegularFile(join(folder, to), longest)
}

function parseWaiter(path: string, event: string): Waiter[] {
  const { pid, fence } = parseJsonObject(readRegularFile(path, longest) ?? '') ?? {}
  return typeof pid === 'number' && typeof fence === 'number' && pid > 1 ? [{ event, pid, fence }] : []
}
