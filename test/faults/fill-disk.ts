import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const hog = join(tmpdir(), 'hog')

/** Takes all room of the temporary folder's disk but for what other files have left of their last block. */
export function fill(): void {
  const file = openSync(hog, 'a')
  try {
    for (const size of [1024 * 1024, 4096, 1]) {
      try {
        while (writeSync(file, Buffer.alloc(size, 1)) === size);
      } catch {
        // There is none left of this size.
      }
    }
  } finally {
    closeSync(file)
  }
}

export function free(): void {
  rmSync(hog)
}
