import type { Kysely, Transaction } from 'kysely'
import type { Database } from './database.ts'
import type { ToldBead } from './store.ts'

/** Rows of one statement; Postgres takes at most 65,535 parameters. */
const rowsAtOnce = 1000

/** Digests by bead. */
export async function toldBeads(db: Kysely<Database>): Promise<Map<string, string>> {
  const rows = await db.selectFrom('told_bead').selectAll().execute()
  return new Map(rows.map(({ bead, digest }) => [bead, digest]))
}

/** Call it in the transaction that appends the events which tell it. */
export async function noteTold(trx: Transaction<Database>, told: readonly ToldBead[]): Promise<void> {
  for (let from = 0; from < told.length; from += rowsAtOnce) {
    const part = told.slice(from, from + rowsAtOnce)
    const gone = part.flatMap(({ bead, digest }) => (digest === null ? [bead] : []))
    const there = part.flatMap(({ bead, digest }) => (digest === null ? [] : [{ bead, digest }]))
    if (gone.length > 0) await trx.deleteFrom('told_bead').where('bead', 'in', gone).execute()
    if (there.length === 0) continue
    await trx
      .insertInto('told_bead')
      .values(there)
      .onConflict((conflict) => conflict.column('bead').doUpdateSet((row) => ({ digest: row.ref('excluded.digest') })))
      .execute()
  }
}
