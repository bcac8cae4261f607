import type { Kysely } from 'kysely'
import type { Database } from './database.ts'
import type { StoredSignIn } from './store.ts'

export async function listSignIns(db: Kysely<Database>): Promise<StoredSignIn[]> {
  const rows = await db.selectFrom('sign_in').selectAll().orderBy('used_at').execute()
  return rows.map((row) => ({
    id: row.id,
    cookieDigest: row.cookie_digest,
    secretDigest: row.secret_digest,
    tokenDigest: row.token_digest,
    usedAt: row.used_at.getTime(),
  }))
}

export async function addSignIn(db: Kysely<Database>, signIn: StoredSignIn): Promise<void> {
  const { id, cookieDigest: cookie_digest, secretDigest: secret_digest, tokenDigest: token_digest } = signIn
  const used_at = new Date(signIn.usedAt)
  await db.insertInto('sign_in').values({ id, cookie_digest, secret_digest, token_digest, used_at }).execute()
}

export async function noteSignIn(db: Kysely<Database>, id: string, usedAt: number): Promise<void> {
  await db
    .updateTable('sign_in')
    .set({ used_at: new Date(usedAt) })
    .where('id', '=', id)
    .execute()
}

export async function deleteSignIn(db: Kysely<Database>, id: string): Promise<void> {
  await db.deleteFrom('sign_in').where('id', '=', id).execute()
}
