import type { FileHandle } from 'node:fs/promises'
import { GembaError } from '../../model/error.ts'
import type { ManifestEntry, ManifestPage, ManifestWarning } from '../../model/manifest.ts'
import type { ModeSource } from '../../model/mode.ts'
import { entryOf, longestRead } from './entry-line.ts'
import { LineNumbers } from './line-numbers.ts'
import { openToRead, whyUnusable } from './plain-file.ts'
import { readBack, type BackLine } from './read-back.ts'

/** A page ends at whichever comes first; the next one goes on there. */
const mostWarnings = 50
const mostBytes = 16 * 1024 * 1024

const nothing: ManifestPage = { items: [], warnings: [], cursor: null }

/** Reads the manifest from its end, a page at a time. Nothing in the file is trusted. */
export class ManifestReader {
  readonly #path: string
  readonly #source: ModeSource
  readonly #numbers = new LineNumbers()

  constructor(path: string, source: ModeSource) {
    this.#path = path
    this.#source = source
  }

  /** A file that can not be read is a page with a warning. `bad_request` for a cursor that is not one of this file. */
  async page({ limit, cursor }: { limit: number; cursor?: string | undefined }): Promise<ManifestPage> {
    try {
      return await this.#with((file) => this.#read(file, limit, cursor))
    } catch (error) {
      if (error instanceof GembaError) throw error
      return { ...nothing, warnings: [{ line: null, kind: 'unreadable', why: whyUnusable(error) }] }
    }
  }

  async #with(read: (file: FileHandle) => Promise<ManifestPage>): Promise<ManifestPage> {
    const file = await openToRead(this.#path)
    if (file === undefined) return nothing
    try {
      return await read(file)
    } finally {
      await file.close()
    }
  }

  async #read(file: FileHandle, limit: number, cursor: string | undefined): Promise<ManifestPage> {
    const { size } = await file.stat()
    const end = cursor === undefined ? size : await placeOf(file, cursor, size)
    const items = new Map<string, ManifestEntry>()
    const warnings: ManifestWarning[] = []
    for await (const line of readBack(file, end, longestRead)) {
      const found = this.#judge(line)
      if (found !== undefined && 'event_id' in found) items.set(found.event_id, found)
      else if (found !== undefined) warnings.push({ line: await this.#numbers.at(file, line.start), ...found })
      const enough = items.size >= limit || warnings.length >= mostWarnings || end - line.start >= mostBytes
      if (enough) return { items: [...items.values()], warnings, cursor: line.start === 0 ? null : String(line.start) }
    }
    return { items: [...items.values()], warnings, cursor: null }
  }

  /** Undefined for what is passed over: nothing, and what happened in other sources. */
  #judge({ text, ended }: BackLine): ManifestEntry | Omit<ManifestWarning, 'line'> | undefined {
    if (text === null) {
      return { kind: 'oversized', why: `It is longer than ${longestRead / 1024} KiB and was not read.` }
    }
    if (text.trim() === '') return undefined
    const entry = entryOf(text)
    if ('why' in entry && !ended) return { kind: 'torn', why: 'It breaks off: its writing was interrupted.' }
    if ('why' in entry) return { kind: 'malformed', why: `It is no entry: ${entry.why}.` }
    const { kind, display } = entry.source
    return kind === this.#source.kind && display === this.#source.display ? entry : undefined
  }
}

/** A cursor is the byte at which a line begins. */
async function placeOf(file: FileHandle, cursor: string, size: number): Promise<number> {
  const place = /^\d{1,15}$/.test(cursor) ? Number(cursor) : 0
  if (place > 0 && place <= size) {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, place - 1)
    if (buffer[0] === 0x0a) return place
  }
  throw new GembaError('bad_request', { why: 'querystring.cursor is not one of this list' })
}
