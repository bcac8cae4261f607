import { constants, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parseJsonObject } from '../../../model/json.ts'
import { readEnd } from '../../../runtime/plain-file.ts'
import { isCode, writePrivateFile } from '../../../runtime/secret.ts'
import { gembaFolder, own, requireOwnFolder } from './gemba-folder.ts'

/** Lines above which only the newest half is kept. */
const mostLines = 4_000
/** Of a longer file only the end is read. */
const mostBytes = 4 * 1024 * 1024

/** A write with a key: begun at a time, and ended with the id of what it made or changed. */
export interface JournalEntry {
  readonly at: number
  readonly id?: string
}

/**
 * Remembers which writes with a key were begun and ended: bd has no place for such keys. The caller has the turn to
 * write. Kept in `.beads`, for all processes on this folder; clones of the database elsewhere do not know it. What was put in
 * its place and leads elsewhere is neither read nor written: `work_plane_unavailable`.
 */
export interface Journal {
  find(key: string): JournalEntry | undefined
  begin(key: string): void
  end(key: string, id: string): void
  /** Whether a write that ended made or changed what has this id. */
  made(id: string): boolean
}

export function journalOf(beads: string): Journal {
  const file = join(gembaFolder(beads), 'writes.jsonl')
  const add = (line: object): void => {
    requireOwnFolder(beads)
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT
    own(file, flags, (to) => writeSync(to, `${JSON.stringify(line)}\n`))
  }
  const read = (): string[] => {
    requireOwnFolder(beads)
    return readLines(file)
  }
  return {
    find: (key) => {
      const lines = read()
      if (lines.length > mostLines) writePrivateFile(file, `${lines.slice(-mostLines / 2).join('\n')}\n`)
      return entryIn(lines, key)
    },
    begin: (key) => add({ key, at: Date.now() }),
    end: (key, id) => add({ key, id }),
    made: (id) => read().some((line) => line.includes(id) && parseJsonObject(line)?.['id'] === id),
  }
}

/** Torn lines, as a power cut leaves them, are passed over. */
function entryIn(lines: readonly string[], key: string): JournalEntry | undefined {
  let found: JournalEntry | undefined
  for (const line of lines) {
    if (!line.includes(key)) continue
    const said = parseJsonObject(line)
    if (said?.['key'] !== key) continue
    const { at, id } = said
    if (typeof at === 'number') found ??= { at }
    if (typeof id === 'string') return { at: found?.at ?? 0, id }
  }
  return found
}

function readLines(file: string): string[] {
  try {
    return own(file, constants.O_RDONLY, (from, size) => readEnd(from, size, mostBytes)).split('\n')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return []
    throw error
  }
}
