import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql, type Kysely, type Transaction } from 'kysely'
import { GembaError } from '../model/error.ts'
import type { Database } from './database.ts'

interface Migration {
  readonly number: number
  readonly file: string
  readonly text: string
  readonly checksum: string
}

/** `migrations/` beside this file; a bundle carries its own copy in the same place. */
const ownFolder = fileURLToPath(new URL('./migrations/', import.meta.url))
/** Key of the advisory lock that two servers starting at once meet at. */
const migrationLock = 7_666_001

/**
 * Brings the database to the newest migration, in one transaction. `store_changed` when a migration that was applied
 * reads otherwise now, `store_newer` when a newer Gemba has been here.
 */
export async function migrate(db: Kysely<Database>, folder: string = ownFolder): Promise<void> {
  const migrations = await readMigrations(folder)
  await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(trx)
    await createLedger(trx)
    const applied = await trx.selectFrom('schema_migration').selectAll().orderBy('number').execute()
    refuseForeign(migrations, applied)
    for (const migration of migrations.slice(applied.length)) await apply(trx, migration)
  })
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => /^\d{6}\.sql$/.test(file)).sort()
  const migrations = await Promise.all(
    files.map(async (file) => {
      const text = (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n')
      return { number: Number(file.slice(0, 6)), file, text, checksum: createHash('sha256').update(text).digest('hex') }
    }),
  )
  const gap = migrations.find((migration, index) => migration.number !== index + 1)
  if (gap !== undefined) throw new GembaError('internal', { why: `migration before ${gap.file} is missing` })
  return migrations
}

function refuseForeign(
  migrations: readonly Migration[],
  applied: readonly { number: number; file: string; checksum: string }[],
): void {
  const newest = applied.at(-1)?.number ?? 0
  if (newest > migrations.length) {
    throw new GembaError('store_newer', { found: String(newest), known: String(migrations.length) })
  }
  for (const [index, row] of applied.entries()) {
    if (migrations[index]?.number === row.number && migrations[index].checksum === row.checksum) continue
    throw new GembaError('store_changed', { file: row.file })
  }
}

async function createLedger(trx: Transaction<Database>): Promise<void> {
  await sql`create table if not exists schema_migration (
    number integer primary key,
    file text not null,
    checksum text not null,
    applied_at timestamptz not null default now()
  )`.execute(trx)
}

/** Without parameters a file goes out as one simple query, which may hold many statements. */
async function apply(trx: Transaction<Database>, migration: Migration): Promise<void> {
  await sql.raw(migration.text).execute(trx)
  const { number, file, checksum } = migration
  await trx.insertInto('schema_migration').values({ number, file, checksum }).execute()
}
