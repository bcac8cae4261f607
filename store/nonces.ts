import { sql, type Kysely } from 'kysely'
import { isJsonObject } from '../model/json.ts'
import type { Database } from './database.ts'
import { newIdentifier } from '../runtime/identifier.ts'
import { jsonText } from './json-text.ts'
import type { NonceBegin, NonceBinding, StoredAnswer } from './store.ts'

/** Bytes of an answer that are kept; of a longer one only the status and the id of what it showed. */
export const answerLimit = 256 * 1024
/** An answer can be heard again at least this long, whenever the nonce was to expire. */
const keepAnswer = sql<Date>`now() + interval '1 hour'`

/** Confirmation nonces: issued, executing under a lease, done with the answer. All times are the database's. */
export class Nonces {
  readonly #db: Kysely<Database>

  constructor(db: Kysely<Database>) {
    this.#db = db
  }

  async issue(binding: NonceBinding, ttlMs: number): Promise<{ nonce: string; expiresAt: string }> {
    const { subject, method, path, digest } = binding
    const row = await this.#db
      .insertInto('nonce')
      .values({ id: newIdentifier(), subject, method, path, digest, expires_at: fromNow(ttlMs) })
      .returning(['id', 'expires_at'])
      .executeTakeFirstOrThrow()
    return { nonce: row.id, expiresAt: row.expires_at.toISOString() }
  }

  /** One conditional update decides between two that come at once; the loser learns why from the row. */
  async begin(nonce: string, binding: NonceBinding, leaseMs: number): Promise<NonceBegin> {
    const begun = await this.#db
      .updateTable('nonce')
      .set({ state: 'executing', lease_until: fromNow(leaseMs) })
      .where('id', '=', nonce)
      .where('subject', '=', binding.subject)
      .where('method', '=', binding.method)
      .where('path', '=', binding.path)
      .where('digest', '=', binding.digest)
      .where('expires_at', '>', sql<Date>`now()`)
      .where((row) => row.or([row('state', '=', 'issued'), row('lease_until', '<=', sql<Date>`now()`)]))
      .returning('id')
      .executeTakeFirst()
    return begun === undefined ? this.#refusal(nonce, binding) : { outcome: 'begun' }
  }

  /** The first answer stays. Of one above `answerLimit` the status and an id are kept: the action is done all the same. */
  async finish(nonce: string, answer: StoredAnswer): Promise<void> {
    const { body, omitted } = keptAnswer(answer)
    const kept = omitted === undefined ? jsonText(body) : jsonText({ omitted })
    await this.#db
      .updateTable('nonce')
      .set({ state: 'done', lease_until: null, status: answer.status, answer: kept })
      .set({ expires_at: sql<Date>`greatest(expires_at, ${keepAnswer})` })
      .where('id', '=', nonce)
      .where('state', '<>', 'done')
      .execute()
  }

  async abandon(nonce: string): Promise<void> {
    await this.#db
      .updateTable('nonce')
      .set({ state: 'issued', lease_until: null })
      .where('id', '=', nonce)
      .where('state', '=', 'executing')
      .execute()
  }

  /** Removes what has expired and is not being carried out. */
  async sweep(): Promise<void> {
    await this.#db
      .deleteFrom('nonce')
      .where('expires_at', '<=', sql<Date>`now()`)
      .where((row) => row.or([row('lease_until', 'is', null), row('lease_until', '<=', sql<Date>`now()`)]))
      .execute()
  }

  async #refusal(nonce: string, binding: NonceBinding): Promise<NonceBegin> {
    const row = await this.#db
      .selectFrom('nonce')
      .selectAll()
      .select([
        sql<boolean>`expires_at <= now()`.as('expired'),
        sql<boolean>`coalesce(lease_until > now(), false)`.as('leased'),
      ])
      .where('id', '=', nonce)
      .executeTakeFirst()
    if (row === undefined || (row.expired && !row.leased)) return { outcome: 'unknown' }
    const same =
      row.subject === binding.subject &&
      row.method === binding.method &&
      row.path === binding.path &&
      row.digest === binding.digest
    if (!same) return { outcome: 'mismatch' }
    if (row.status === null) return { outcome: 'busy' }
    const omitted = isJsonObject(row.answer) ? row.answer['omitted'] : undefined
    const answer = typeof omitted === 'string' ? { body: null, omitted } : { body: row.answer }
    return { outcome: 'done', answer: { status: row.status, ...answer } }
  }
}

/** What is kept of an answer. */
export function keptAnswer(answer: StoredAnswer): StoredAnswer {
  if (Buffer.byteLength(jsonText(answer.body)) <= answerLimit) return answer
  const id = isJsonObject(answer.body) ? answer.body['id'] : undefined
  return { status: answer.status, body: null, omitted: typeof id === 'string' ? id : '' }
}

function fromNow(ms: number) {
  return sql<Date>`now() + ${ms} * interval '1 millisecond'`
}
