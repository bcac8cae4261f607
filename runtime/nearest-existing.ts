import { existsSync } from 'node:fs'
import { dirname } from 'node:path'

/** The path itself, or the last folder on the way to it that exists. */
export function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path))
}
