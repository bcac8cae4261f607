import type { ColumnType, Generated } from 'kysely'

/** JSON goes in as text that `jsonText` made and comes out parsed. */
type Json = ColumnType<unknown, string, string>
type Time = ColumnType<Date, string | Date, string | Date>

export interface EventTable {
  number: number
  source: string
  source_revision: number
  at: Time
  actor: Json
  kind: string
  bead: string | null
  session: string | null
  body: Json
}

export interface SnapshotTable {
  kind: 'session' | 'escalation' | 'host' | 'dispatch'
  id: string
  project: string
  schema: number
  revision: number
  open: boolean
  view: Json
  state: Json
  position: number
  updated_at: Generated<Date>
}

export interface NonceTable {
  id: string
  subject: string
  method: string
  path: string
  digest: string
  state: Generated<'issued' | 'executing' | 'done'>
  issued_at: Generated<Date>
  expires_at: Time
  lease_until: Time | null
  status: number | null
  answer: ColumnType<unknown, string | null, string | null>
}

export interface SignInTable {
  id: string
  cookie_digest: string
  secret_digest: string
  token_digest: string
  used_at: ColumnType<Date, Date, Date>
}

/** What was asked for by whom, and what came of it. */
export interface AuditEntry {
  subject: string
  method: string
  path: string
  status: number
  code: string | null
  nonce: string | null
}

export interface AuditTable extends AuditEntry {
  number: Generated<number>
  at: Generated<Date>
}

/** The tables of `migrations/`, as Kysely sees them. `bigint` columns are numbers (below 2^53). */
export interface Database {
  meta: { only_row: Generated<boolean>; epoch: string; project: string | null }
  event_counter: { only_row: Generated<boolean>; last: number }
  event: EventTable
  event_floor: { source: string; source_revision: number }
  told_bead: { bead: string; digest: string }
  snapshot: SnapshotTable
  nonce: NonceTable
  sign_in: SignInTable
  audit: AuditTable
  schema_migration: { number: number; file: string; checksum: string; applied_at: Generated<Date> }
}
