import { randomBytes } from 'node:crypto'
import { chmodSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** Replaces a file at once, readable by its owner only. A reader sees the old or the new content, never a part. */
export function writePrivateFile(file: string, content: string): void {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    writeFileSync(draft, content, { mode: 0o600, flag: 'wx' })
    renameSync(draft, file)
  } catch (error) {
    throw named(error, file)
  } finally {
    rmSync(draft, { force: true })
  }
}

/**
 * Returns the secret kept in `file`, created on first use: 32 random bytes, base64url, mode 0600.
 * Two processes that create it at once agree on one.
 */
export function secretFile(file: string): string {
  const existing = readSecret(file)
  if (existing !== undefined) return existing
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    writeFileSync(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
    linkSync(draft, file)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw named(error, file)
  } finally {
    rmSync(draft, { force: true })
  }
  return secretFile(file)
}

/** The secret in `file`, or undefined when there is none yet. Others' permissions are taken away. */
export function readSecret(file: string): string | undefined {
  try {
    const secret = readFileSync(file, 'utf8').trim()
    if (secret === '') return undefined
    chmodSync(file, 0o600)
    return secret
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Creates a file that is not there yet, whole or not at all. */
export function createFile(file: string, content: string, mode = 0o666): void {
  try {
    writeFileSync(file, content, { flag: 'wx', mode })
  } catch (error) {
    if (!isCode(error, 'EEXIST')) rmSync(file, { force: true })
    throw named(error, file)
  }
}

/** A write that fails does not say of which file; people want to know. */
function named(error: unknown, path: string): unknown {
  return error instanceof Error && !('path' in error) ? Object.assign(error, { path }) : error
}

/** Whether `error` is a system error with this code. */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** Whether `error` is the system's word for a full disk, or for a quota that is used up. */
export function isNoRoom(error: unknown): boolean {
  return isCode(error, 'ENOSPC') || isCode(error, 'EDQUOT')
}
