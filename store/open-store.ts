import type { Kysely } from 'kysely'
import { GembaError } from '../model/error.ts'
import { appendAudit } from './audit.ts'
import type { Database } from './database.ts'
import { EventLog } from './event-log.ts'
import { newName } from '../runtime/identifier.ts'
import { migrate } from './migrate.ts'
import { Nonces } from './nonces.ts'
import { openDatabase, type OpenDatabase } from './open-database.ts'
import { addSignIn, deleteSignIn, listSignIns, noteSignIn } from './sign-ins.ts'
import { findSnapshot, listSnapshots } from './snapshots.ts'
import { guarded, isSilence } from './store-error.ts'
import { toldBeads } from './told-beads.ts'
import type { Store, StoreOptions } from './store.ts'

/**
 * Opens the operational store and brings it to the newest migration. The caller closes it.
 * Errors: `already_running` (the folder has a live owner), `store_in_use` (the Postgres has one), `store_of_another`
 * (it holds another project), `store_unavailable`, `store_newer`, `store_changed`, `config_invalid` (the URL). Every method of the store fails with `store_unavailable` while the database is away
 * and works again when it is back.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const database = await guarded(() => openDatabase(options.at))
  try {
    return await guarded(() => storeOver(database, options.project))
  } catch (error) {
    await database.close()
    throw error
  }
}

async function storeOver(database: OpenDatabase, project: string | undefined): Promise<Store> {
  const { db } = database
  await migrate(db)
  const epoch = await epochOf(db)
  if (project !== undefined) await claimFor(db, project)
  const log = await EventLog.open(db)
  const nonces = new Nonces(db)
  const run = <T>(work: () => Promise<T>): Promise<T> =>
    guarded(async () => {
      await database.held()
      try {
        return await work()
      } catch (error) {
        if (isSilence(error)) database.reset()
        throw error
      }
    })
  let closing: Promise<void> | undefined
  return {
    epoch,
    publish: (publication) => run(() => log.publish(publication)),
    append: (events) => run(() => log.append(events)),
    tell: (events, told) => run(() => log.tell(events, told)),
    toldBeads: () => run(() => toldBeads(db)),
    events: (range) => run(() => log.read(range)),
    sessionEvents: (query) => run(() => log.ofSession(query)),
    lastEvent: () => run(() => log.last()),
    onEvents: (listener) => log.listen(listener),
    snapshots: (query) => run(() => listSnapshots(db, query)),
    snapshot: (kind, id) => run(() => findSnapshot(db, kind, id)),
    issueNonce: (binding, ttlMs) => run(() => nonces.issue(binding, ttlMs)),
    beginNonce: (nonce, binding, leaseMs) => run(() => nonces.begin(nonce, binding, leaseMs)),
    finishNonce: (nonce, answer) => run(() => nonces.finish(nonce, answer)),
    abandonNonce: (nonce) => run(() => nonces.abandon(nonce)),
    signIns: () => run(() => listSignIns(db)),
    addSignIn: (signIn) => run(() => addSignIn(db, signIn)),
    noteSignIn: (id, usedAt) => run(() => noteSignIn(db, id, usedAt)),
    deleteSignIn: (id) => run(() => deleteSignIn(db, id)),
    audit: (entry) => run(() => appendAudit(db, entry)),
    sweep: ({ keepEvents }) =>
      run(async () => {
        await nonces.sweep()
        await log.sweep(keepEvents)
      }),
    close: () => (closing ??= log.close().then(() => database.close())),
  }
}

/** The name of this log: made once, by whoever opens it first. */
async function epochOf(db: Kysely<Database>): Promise<string> {
  await db
    .insertInto('meta')
    .values({ epoch: newName(10) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const { epoch } = await db.selectFrom('meta').select('epoch').executeTakeFirstOrThrow()
  return epoch
}

/** Two projects in one database would mix their sessions; the first one that came has it. */
async function claimFor(db: Kysely<Database>, project: string): Promise<void> {
  await db.updateTable('meta').set({ project }).where('project', 'is', null).execute()
  const { project: found } = await db.selectFrom('meta').select('project').executeTakeFirstOrThrow()
  if (found !== project) throw new GembaError('store_of_another', { found: found ?? '', project })
}
