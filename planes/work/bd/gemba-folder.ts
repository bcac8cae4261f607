import { constants, futimesSync, lstatSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { GembaError } from '../../../model/error.ts'
import { NoPlainFile, withOwnFile } from '../../../runtime/plain-file.ts'
import { isCode } from '../../../runtime/secret.ts'

/** What Gemba keeps in `.beads`. bd has git ignore every `*.lock` there. */
export function gembaFolder(beads: string): string {
  return join(beads, 'gemba.lock')
}

/** Stands for the lock of whose turn it is to write. */
export function turnFolder(beads: string): string {
  return join(gembaFolder(beads), 'turn')
}

/** Is touched with every write, so that other processes know at once that there is something to read. */
export function hintFile(beads: string): string {
  return join(gembaFolder(beads), 'changed')
}

/**
 * Makes sure that our folders are there, and are none that whoever made the worktree has led elsewhere: that is
 * `work_plane_unavailable`, and nothing is written.
 */
export function requireOwnFolder(beads: string): string {
  const folder = gembaFolder(beads)
  for (const each of [folder, turnFolder(beads)]) {
    makeFolder(each)
    if (!lstatSync(each).isDirectory()) throw ledElsewhere(each)
  }
  return folder
}

/** Tells other processes of a write. */
export function hint(beads: string): void {
  requireOwnFolder(beads)
  const now = new Date()
  own(hintFile(beads), constants.O_WRONLY | constants.O_CREAT, (file) => futimesSync(file, now, now))
}

/** `withOwnFile` in a folder that was looked at, with our own words for what is no file. */
export function own<T>(path: string, flags: number, use: (file: number, size: number) => T): T {
  try {
    return withOwnFile(path, flags, use)
  } catch (error) {
    if (error instanceof NoPlainFile) throw ledElsewhere(path)
    throw error
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  }
}

function ledElsewhere(path: string): GembaError {
  return new GembaError('work_plane_unavailable', { why: `${path} leads elsewhere than a file of Gemba; take it away` })
}
