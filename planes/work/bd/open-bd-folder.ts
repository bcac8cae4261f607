import { access, constants, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sessionOfHolder } from '../../../model/bead.ts'
import { GembaError } from '../../../model/error.ts'
import type { BeadsExchange } from '../../../model/exchange.ts'
import { byPriority } from '../../../model/ready.ts'
import type { WorkPlane, WorkPlaneManifest } from '../../../model/work-plane.ts'
import { isListed, readyBead } from '../rows.ts'
import { addBdDependency, removeBdDependency } from './bd-edges.ts'
import { bdExchange } from './bd-exchange.ts'
import { readBdHistory } from './bd-history.ts'
import { bdProgram } from './bd-program.ts'
import { readBdRemote, setBdRemote } from './bd-remote.ts'
import { readDetail, type BdSource } from './bd-source.ts'
import { isNewer, readVersion, versionProblem, wordsOf, type BdVersion } from './bd-words.ts'
import { claimBdBead, releaseBdBead } from './claim-bd-bead.ts'
import { closeBdBead, reopenBdBead } from './close-bd-bead.ts'
import { commentOnBdBead } from './comment-bd-bead.ts'
import { createBdBead } from './create-bd-bead.ts'
import { deleteBdBead } from './delete-bd-bead.ts'
import { requireBeads } from './discover-beads.ts'
import { journalOf } from './journal.ts'
import { sightings } from './sightings.ts'
import { updateBdBead } from './update-bd-bead.ts'

export interface BdFolderOptions {
  /** The project's folder, or its `.beads`. */
  readonly folder: string
  /** Writes are refused, by bd itself too. */
  readonly readOnly?: boolean
  /** Milliseconds between full readings of the database when nothing hints at a change. Default 10,000. */
  readonly slowMs?: number
  /** Whether somebody looks at what changes; while nobody does, full readings are rarer. Default: always. */
  readonly watched?: () => boolean
  /** Milliseconds after which a bd that hangs is killed with all that it started; twice that for a full reading. Default 60,000. */
  readonly timeoutMs?: number
  readonly env?: NodeJS.ProcessEnv
}

/** The Beads database of a folder. Its exchange ends with the plane, which the caller disconnects. */
export interface OpenBdFolder {
  readonly plane: WorkPlane
  readonly exchange: BeadsExchange
}

/**
 * Opens the Beads database of a folder through the `bd` program. Checks and writes are one within all processes of
 * Gemba on this machine; other programs that write between the two are not kept out, save for claims. Lists come from
 * one slow reading that everybody shares. Fails with `beads_missing`, with `tool_missing` without bd, and as bd does.
 */
export async function openBdFolder(options: BdFolderOptions): Promise<OpenBdFolder> {
  const { readOnly = false, slowMs = 10_000, watched = () => true, timeoutMs = 60_000, env } = options
  const folder = await requireBeads(options.folder)
  const more = { timeoutMs, ...(env === undefined ? {} : { env }) }
  // Which bd it is shows without a database. One that was never tested shall not even bring that to its own schema.
  const asked = bdProgram({ folder, readOnly, ...more })
  const version = await readVersion(asked).finally(() => asked.close())
  await requireNoNewer(folder.beads, version)
  const bd = bdProgram({ folder, readOnly: readOnly || versionProblem(version) !== null, ...more })
  try {
    const words = wordsOf(bd, version)
    const source: BdSource = {
      bd,
      folder,
      sightings: sightings(bd, { folder, slowMs, watched, readingMs: 2 * timeoutMs }),
      journal: journalOf(folder.beads),
      words,
    }
    await source.words()
    const refusal: Refusal = () => readOnlyReason(folder.beads, readOnly, version)
    return { plane: planeOn(source, version, refusal), exchange: bdExchange(source, refusal) }
  } catch (error) {
    bd.close()
    throw error
  }
}

/**
 * A bd leaves its version behind in the folder, also where it only reads: an older one may misread what a newer one wrote,
 * and would wipe that trace out.
 */
async function requireNoNewer(beads: string, { name }: BdVersion): Promise<void> {
  const last = (await readFile(join(beads, '.local_version'), 'utf8').catch(() => '')).trim().slice(0, 40)
  if (!isNewer(last, name)) return
  throw new GembaError('work_plane_schema', { why: `bd ${last} was the last to open it, and the bd here is ${name}` })
}

type Refusal = () => Promise<GembaError | null>

/** Why nothing may be written now, as an error to throw, or null. */
async function readOnlyReason(beads: string, asked: boolean, version: BdVersion): Promise<GembaError | null> {
  if (asked) return new GembaError('read_only', { why: 'Gemba was started for reading only' })
  const problem = versionProblem(version)
  if (problem !== null) return new GembaError('read_only', { why: problem })
  const writable = await access(beads, constants.W_OK).then(
    () => true,
    () => false,
  )
  return writable ? null : new GembaError('read_only', { why: `this user has no right to write in ${beads}` })
}

function planeOn(source: BdSource, version: BdVersion, refusal: Refusal): WorkPlane {
  const { mirror, look, glance } = source.sightings
  const seen = async <T>(read: () => T): Promise<T> => {
    await look()
    return read()
  }
  const change = async <T>(write: () => Promise<T>): Promise<T> => {
    const refused = await refusal()
    if (refused !== null) throw refused
    return write()
  }
  return {
    manifest: async () => readManifest(source, version, await refusal()),
    list: () => seen(() => mirror.summaries()),
    summaries: (ids) => seen(() => (ids.length === 0 ? [] : mirror.summaries(ids))),
    // As the last reading had them: it found out what moved.
    digests: async (ids) => mirror.digests(ids),
    get: async (id) => {
      await look()
      return readDetail(source, id)
    },
    history: async (id, limit) => {
      await look()
      return readBdHistory(source, id, limit)
    },
    ready: () => seen(() => readyIn(source)),
    held: () => seen(() => heldIn(source)),
    create: (bead, write) => change(() => createBdBead(source, bead, write)),
    update: (id, patch, write) => change(() => updateBdBead(source, id, patch, write)),
    close: (id, options, write) => change(() => closeBdBead(source, id, options, write)),
    reopen: (id, options, write) => change(() => reopenBdBead(source, id, options, write)),
    delete: (id, write) => change(() => deleteBdBead(source, id, write)),
    addDependency: (from, to, kind, write) => change(() => addBdDependency(source, { from, to, kind }, write)),
    removeDependency: (from, to, write) => change(() => removeBdDependency(source, from, to, write)),
    comment: (id, text, write) => change(() => commentOnBdBead(source, id, text, write)),
    claim: (id, holder, write) => change(() => claimBdBead(source, id, holder, write)),
    release: (id, holder, write) => change(() => releaseBdBead(source, id, holder, write)),
    cursor: async () => {
      await glance()
      return mirror.cursor()
    },
    changes: async (cursor) => {
      await glance()
      return mirror.changes(cursor)
    },
    suspect: async () => source.sightings.suspect(),
    remote: () => readBdRemote(source),
    setRemote: (wanted, write) => change(() => setBdRemote(source, wanted, write)),
    disconnect: () => {
      source.bd.close()
      return Promise.resolve()
    },
  }
}

function readyIn({ sightings: { mirror } }: BdSource): string[] {
  const ready = mirror.readyIds()
  const beads = mirror.all().flatMap(({ row }) => (ready.has(row.id) ? [readyBead(row)] : []))
  return beads.sort(byPriority).map((bead) => bead.id)
}

function heldIn({ sightings: { mirror } }: BdSource): { bead: string; session: string; status: string }[] {
  const held = mirror.all().flatMap(({ row }) => {
    const session = isListed(row) ? sessionOfHolder(row.assignee) : undefined
    return session === undefined ? [] : [{ bead: row.id, session, status: row.status }]
  })
  return held.sort((a, b) => (a.bead < b.bead ? -1 : 1))
}

async function readManifest(
  source: BdSource,
  version: BdVersion,
  readOnly: GembaError | null,
): Promise<WorkPlaneManifest> {
  const words = await source.words()
  return {
    adaptor: 'bd',
    display: `${source.folder.root} through bd ${version.name}`,
    schemaVersion: version.schema,
    prefix: words.prefix,
    readOnly: readOnly !== null,
    readOnlyReason: readOnly?.message ?? null,
    watch: 'slow',
    // Between the look and the write bd lets others in.
    compareAndSet: false,
    concurrentChildren: false,
    statuses: words.statuses,
    types: words.types,
  }
}
