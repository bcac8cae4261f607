import { entryOf, longestRead } from './entry-line.ts'
import { openToRead } from './plain-file.ts'
import { readBack } from './read-back.ts'

/** Of a manifest no more is read than this many bytes. */
const mostBytes = 16 * 1024 * 1024

/** The ids of the newest entries of a manifest, of whatever source, the last one first. None of a file that can not be read. */
export async function newestIds(path: string, limit: number): Promise<string[]> {
  const ids: string[] = []
  const file = await openToRead(path).catch(() => undefined)
  if (file === undefined) return ids
  try {
    const { size } = await file.stat()
    for await (const { start, text } of readBack(file, size, longestRead)) {
      const entry = text === null ? undefined : entryOf(text)
      if (entry !== undefined && 'event_id' in entry) ids.push(entry.event_id)
      if (ids.length >= limit || size - start > mostBytes) break
    }
  } catch {
    // What was found so far is what is known.
  } finally {
    await file.close()
  }
  return ids
}
