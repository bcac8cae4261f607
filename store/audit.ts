import type { Kysely } from 'kysely'
import type { AuditEntry, Database } from './database.ts'
import { plainText } from './json-text.ts'

/** Adds one row to the audit table, which refuses every other change. Texts are cut at 2,048 characters. */
export async function appendAudit(db: Kysely<Database>, entry: AuditEntry): Promise<void> {
  await db
    .insertInto('audit')
    .values({
      subject: plainText(entry.subject, 2048),
      method: plainText(entry.method, 16),
      path: plainText(entry.path, 2048),
      status: entry.status,
      code: entry.code,
      nonce: entry.nonce === null ? null : plainText(entry.nonce, 64),
    })
    .execute()
}
