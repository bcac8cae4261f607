import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isJsonObject, parseJson } from '../../model/json.ts'
import { writePrivateFile } from '../secret.ts'
import { cacheFolder } from './cache-folder.mjs'

/** The SHA-256 that each release archive had when this machine first took it, by its project, tag and name. */
export interface ReleaseSums {
  /** Undefined for what was never taken here. */
  first(archive: string): string | undefined
  /** Remembers the first one; a later one changes nothing. */
  note(archive: string, sha256: string): void
}

/**
 * Kept in a file of the cache, also when the program itself is removed from there: a release archive is never changed,
 * so one that has another SHA-256 than before is not what it was.
 */
export function releaseSums(file = join(cacheFolder(), 'release-sums.json')): ReleaseSums {
  const read = (): Record<string, unknown> => {
    const known = existsSync(file) ? parseJson(readFileSync(file, 'utf8')) : {}
    if (!isJsonObject(known)) throw new Error(`${file} can not be read; look at it, then remove it`)
    return known
  }
  return {
    first(archive) {
      const known = read()[archive]
      return typeof known === 'string' ? known : undefined
    },
    note(archive, sha256) {
      const known = read()
      if (known[archive] !== undefined) return
      mkdirSync(dirname(file), { recursive: true })
      writePrivateFile(file, `${JSON.stringify({ ...known, [archive]: sha256 }, null, 2)}\n`)
    },
  }
}
