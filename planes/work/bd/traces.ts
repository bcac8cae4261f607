import { opendir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BeadsFolder } from './discover-beads.ts'
import { hintFile } from './gemba-folder.ts'

/** What the files of a folder show of writes, without bd. */
export interface Traces {
  /** Another one than before: somebody may have written. */
  readonly mark: string
  /** Each write of anybody moves the mark, and no read does. */
  readonly exact: boolean
}

/** Files in the store of a database; of one with more nothing is known at once. */
const mostFiles = 2_000

/**
 * Looks at files alone, in less than a millisecond. Where bd keeps the database in files, each write is appended to
 * those, so that their sizes tell; reads only touch them, and so their times tell nothing. Elsewhere files show that
 * bd, its hooks or Gemba touch: not at every write, but also when bd reads.
 */
export async function tracesOf(folder: BeadsFolder): Promise<Traces> {
  const chunks = await chunksOf(folder)
  return chunks === undefined ? { mark: await touchedIn(folder.beads), exact: false } : { mark: chunks, exact: true }
}

async function chunksOf({ beads, mode, database }: BeadsFolder): Promise<string | undefined> {
  if (mode !== 'embedded' || !/^[\w-]+$/.test(database)) return undefined
  const store = join(beads, 'embeddeddolt', database, '.dolt', 'noms')
  const names = await filesIn(store)
  if (names === undefined) return undefined
  const sizes = names.map(
    async (name) => `${name} ${(await stat(join(store, name)).catch(() => undefined))?.size ?? ''}`,
  )
  return (await Promise.all(sizes)).join('\n')
}

async function filesIn(path: string): Promise<string[] | undefined> {
  const folder = await opendir(path).catch(() => undefined)
  if (folder === undefined) return undefined
  const names: string[] = []
  for await (const entry of folder) {
    if (entry.isFile() && names.push(entry.name) > mostFiles) return undefined
  }
  return names.length === 0 ? undefined : names.sort()
}

async function touchedIn(beads: string): Promise<string> {
  const files = [join(beads, 'last-touched'), join(beads, 'interactions.jsonl'), hintFile(beads)]
  const marks = files.map(async (file) => {
    const found = await stat(file, { bigint: true }).catch(() => undefined)
    return found === undefined ? '' : `${found.mtimeNs}.${found.size}`
  })
  return (await Promise.all(marks)).join(' ')
}
