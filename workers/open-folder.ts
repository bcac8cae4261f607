import { lstat } from 'node:fs/promises'
import { basename, isAbsolute, join } from 'node:path'
import { GembaError } from '../model/error.ts'
import type { BeadsExchange } from '../model/exchange.ts'
import type { SourceSelection } from '../model/mode.ts'
import type { WorkPlane } from '../model/work-plane.ts'
import { discoverBeads, sqlLoginOf, type BeadsFolder } from '../planes/work/bd/discover-beads.ts'
import { initialiseBeads } from '../planes/work/bd/initialise-beads.ts'
import { openBdFolder } from '../planes/work/bd/open-bd-folder.ts'
import { requireReadOnlyBeneath } from '../planes/work/bd/read-only-beneath.ts'
import { openBeads } from '../planes/work/beads-sql.ts'
import type { BeadsLogin } from '../planes/work/login.ts'
import { readOnlyWhile, requireWritable } from '../planes/work/read-only-work-plane.ts'
import { isOlderSchema } from '../planes/work/shape.ts'
import { sqlExchange } from '../planes/work/sql-exchange.ts'

export type FolderSelection = Exclude<SourceSelection, { readonly kind: 'url' }>

/** What may be done with a source, and who looks at it. */
export interface SourceAccess {
  readonly readOnly: boolean
  /** Writes are to be refused beneath Gemba too. */
  readonly restart: boolean
  /** Whether a console is open: a folder that bd has to read as a whole is then read more often. */
  readonly watched: () => boolean
  /** Milliseconds after which a bd that hangs is ended; a minute when absent. */
  readonly timeoutMs?: number
}

/** A Beads database as it is: nothing of what is done is recorded. */
export interface RawSource {
  readonly raw: WorkPlane
  readonly exchange: BeadsExchange
}

/**
 * Opens the Beads database of a folder. A worktree may be given one; of a directory it is asked that it has one
 * (`beads_missing`).
 */
export async function openFolder(
  { folder, kind, initialise = false, prefix }: FolderSelection,
  access: SourceAccess,
): Promise<RawSource> {
  if (!isAbsolute(folder)) throw new GembaError('source_invalid', { why: `${folder} is not an absolute path` })
  const found = await discoverBeads(folder)
  if (found === undefined && !(kind === 'worktree' && initialise && !access.readOnly)) {
    throw new GembaError('beads_missing', { folder })
  }
  const beads = found ?? (await initialiseBeads(folder, { prefix: prefix ?? prefixOf(folder) }))
  if (access.readOnly && access.restart) requireReadOnlyBeneath(beads)
  const login = sqlLoginOf(beads)
  const throughBd = async (): Promise<RawSource> => {
    const { plane: raw, exchange } = await openBdFolder({ ...access, folder })
    return { raw, exchange }
  }
  return login === undefined ? throughBd() : openServed(beads, login, { access, throughBd })
}

/** A Dolt server keeps the rows: they are read and written by SQL, unless bd alone can write them, or undoes what SQL wrote. */
async function openServed(
  beads: BeadsFolder,
  login: BeadsLogin,
  { access, throughBd }: { readonly access: SourceAccess; readonly throughBd: () => Promise<RawSource> },
): Promise<RawSource> {
  const raw = await openBeads({ ...login, project: beads.project })
  const exchange = sqlExchange(login)
  const { readOnly, schemaVersion } = await raw.manifest()
  if (readOnly && !access.readOnly && isOlderSchema(schemaVersion)) {
    const writable = await writableBy(throughBd)
    if (writable === undefined) return { raw, exchange }
    await raw.disconnect()
    return writable
  }
  const reason = (): Promise<string | null> => broughtBack(beads)
  const writing: BeadsExchange['import'] = async (texts, options) => {
    await requireWritable(reason)
    return exchange.import(texts, options)
  }
  return { raw: readOnlyWhile(raw, reason), exchange: { ...exchange, import: writing } }
}

/**
 * Why a change by SQL would be undone, or null: several versions of bd read `issues.jsonl` at each write on a server, over
 * newer rows (facts of `bd` 0.5). bd writes that file at any time, so it is looked for before each change.
 */
async function broughtBack({ beads }: BeadsFolder): Promise<string | null> {
  if ((await lstat(join(beads, 'issues.jsonl')).catch(() => undefined)) === undefined) return null
  return (
    'the next write of `bd` would bring back whatever stands in `.beads/issues.jsonl`: run `bd config set export.auto ' +
    'false` in that folder, then delete the file'
  )
}

/** Undefined when there is no bd that may write, whatever the reason. */
async function writableBy(open: () => Promise<RawSource>): Promise<RawSource | undefined> {
  const opened = await open().catch(() => undefined)
  if (opened === undefined || !(await opened.raw.manifest()).readOnly) return opened
  await opened.raw.disconnect()
  return undefined
}

/** Ids of a new database begin like the name of its folder. */
function prefixOf(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
  return name.slice(0, 12).replace(/-+$/, '') || 'bd'
}
