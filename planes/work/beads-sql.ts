import { GembaError } from '../../model/error.ts'
import type { WorkPlane, WorkPlaneManifest } from '../../model/work-plane.ts'
import type { Source } from './bead-change.ts'
import { watch } from './changes.ts'
import { claimBead, releaseBead } from './claim.ts'
import { closeBead, reopenBead } from './close-bead.ts'
import { commentOn } from './comment.ts'
import { createBead } from './create-bead.ts'
import { openDatabase, type Reading } from './database.ts'
import { deleteBead } from './delete-bead.ts'
import { digestsOf } from './digests.ts'
import { addDependency, removeDependency } from './edges.ts'
import { readHistory } from './history.ts'
import type { BeadsLogin } from './login.ts'
import { requireProject } from './project-identity.ts'
import { heldBeads, listBeads, readBead, readyBeads, summariesOf } from './reads.ts'
import { remoteStateOf } from './remote-state.ts'
import { requireDolt } from './require-dolt.ts'
import { nextRevision } from './revision.ts'
import { readShape, readWords, type Shape } from './shape.ts'
import { readRemotes, setSqlRemote } from './sql-remote.ts'
import { updateBead } from './update-bead.ts'

export interface BeadsOptions {
  readonly author?: string
  /** What the folder that names the database says of whose it is; a server may meanwhile serve another one. */
  readonly project?: string
}

/**
 * Connects to a Beads database on a Dolt server. Looks at its schema first: reads both shapes of the dependency table,
 * and writes only versions that were tested (facts of `bd` 4.4). A login that may not write gives a plane that reads.
 * Fails with `work_plane_unavailable` when there is no server, with `beads_login_refused`, `beads_database_missing` or
 * `beads_tables_missing` when there is no entry, no database or no Beads in it, with `beads_server_not_dolt` on MySQL
 * and the like. The caller disconnects.
 */
export async function openBeads(login: BeadsLogin & BeadsOptions): Promise<WorkPlane> {
  const database = openDatabase(login)
  try {
    await requireDolt(database)
    await requireProject(database, login.project ?? '')
    const source = { database, shape: await readShape(database), author: login.author ?? 'Gemba <gemba@localhost>' }
    return planeOn(source, login)
  } catch (error) {
    await database.close()
    throw error
  }
}

function planeOn(first: Source, login: BeadsLogin): WorkPlane {
  let source = first
  const { database } = first
  const watcher = watch(database, () => source.shape)

  /** Another program may move the schema under us: then look again, once. */
  const adapting = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof GembaError) || error.code !== 'work_plane_schema') throw error
      source = { ...source, shape: await readShape(database) }
      return run()
    }
  }
  const look = <T>(read: (reading: Reading, shape: Shape, revision: number) => Promise<T>): Promise<T> =>
    adapting(() => {
      const revision = nextRevision()
      return database.read((reading) => read(reading, source.shape, revision))
    })
  /** Rights come and go while we are connected. */
  const lookAgain = async (): Promise<void> => {
    source = { ...source, shape: await readShape(database) }
  }
  /** Refuses before taking locks what could never be written. */
  const change = <T>(write: (source: Source) => Promise<T>): Promise<T> =>
    adapting(async () => {
      if (source.shape.readOnly !== null) await lookAgain()
      const { readOnly } = source.shape
      if (readOnly !== null) throw new GembaError(readOnly.code, { ...readOnly.params })
      return write(source)
    })

  const readRemote = async () => remoteStateOf(await look(readRemotes), isLocal(login))

  return {
    manifest: async () => {
      await lookAgain()
      return look((reading, shape) => readManifest(reading, shape, login))
    },
    list: () => look(listBeads),
    summaries: (ids) => look((reading, shape, revision) => summariesOf(reading, shape, ids, revision)),
    digests: (ids) => look((reading, shape) => digestsOf(reading, shape, ids)),
    get: (id) => look((reading, shape, revision) => readBead(reading, shape, id, revision)),
    history: (id, limit) => look((reading) => readHistory(reading, id, limit)),
    ready: () => look(readyBeads),
    held: () => look(heldBeads),
    create: (bead, write) => change((to) => createBead(to, bead, write)),
    update: (id, patch, write) => change((to) => updateBead(to, id, patch, write)),
    close: (id, options, write) => change((to) => closeBead(to, id, options, write)),
    reopen: (id, options, write) => change((to) => reopenBead(to, id, options, write)),
    delete: (id, write) => change((to) => deleteBead(to, id, write)),
    addDependency: (from, to, kind, write) => change((source) => addDependency(source, { from, to, kind }, write)),
    removeDependency: (from, to, write) => change((source) => removeDependency(source, from, to, write)),
    comment: (id, text, write) => change((to) => commentOn(to, id, text, write)),
    claim: (id, holder, write) => change((to) => claimBead(to, id, holder, write)),
    release: (id, holder, write) => change((to) => releaseBead(to, id, holder, write)),
    cursor: () => adapting(() => watcher.cursor()),
    changes: (cursor) => adapting(() => watcher.changes(cursor)),
    remote: readRemote,
    setRemote: (wanted, write) => change((to) => setSqlRemote(to, wanted, write, isLocal(login))),
    disconnect: () => database.close(),
  }
}

function isLocal({ host }: BeadsLogin): boolean {
  return ['127.0.0.1', '::1', 'localhost'].includes(host)
}

async function readManifest(reading: Reading, shape: Shape, login: BeadsLogin): Promise<WorkPlaneManifest> {
  const words = await readWords(reading, shape)
  return {
    adaptor: 'beads-sql',
    display: `${login.database} on ${login.host}:${login.port}`,
    schemaVersion: words.version,
    prefix: words.prefix,
    readOnly: shape.readOnly !== null,
    readOnlyReason: shape.readOnly?.message ?? null,
    watch: 'hash',
    compareAndSet: true,
    concurrentChildren: true,
    statuses: words.statuses,
    types: words.types,
  }
}
