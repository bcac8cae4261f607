import { createHash, randomInt } from 'node:crypto'
import { limits } from '../../model/bead.ts'
import { GembaError } from '../../model/error.ts'
import type { Reading, Writing } from './database.ts'
import type { Words } from './configured-words.ts'

const digits = '0123456789abcdefghijklmnopqrstuvwxyz'
const bytesForLength: Readonly<Record<number, number>> = { 3: 2, 4: 3, 5: 4, 6: 4, 7: 5, 8: 5 }
const nonces = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const

export interface IdSeed {
  readonly title: string
  readonly description: string
  readonly creator: string
  /** Nanoseconds since 1970. */
  readonly nanoseconds: bigint
}

/** Nanoseconds since 1970; what the clock does not tell is random. */
export function nanosecondsNow(): bigint {
  return BigInt(Date.now()) * 1_000_000n + BigInt(randomInt(1_000_000))
}

/** An id as Beads makes it: a digest in base 36 (facts of `bd` 4.2). */
export function hashId(prefix: string, seed: IdSeed, length: number, nonce: number): string {
  const text = [seed.title, seed.description, seed.creator, seed.nanoseconds, nonce].join('|')
  const digest = createHash('sha256').update(text).digest()
  return `${prefix}-${base36(digest.subarray(0, bytesForLength[length] ?? 3), length)}`
}

/** The shortest length at which `count` ids collide with at most the given probability. */
export function hashLength(
  count: number,
  words: Pick<Words, 'minHashLength' | 'maxHashLength' | 'maxCollision'>,
): number {
  for (let length = words.minHashLength; length < words.maxHashLength; length += 1) {
    if (1 - Math.exp((-count * count) / (2 * 36 ** length)) <= words.maxCollision) return length
  }
  return words.maxHashLength
}

/** The next id of a bead without a parent. The caller holds the lock on ids. */
export async function nextTopLevelId(writing: Writing, words: Words, seed: IdSeed): Promise<string> {
  if (words.prefix === '') throw new GembaError('work_plane_schema', { why: 'it has no `issue_prefix`' })
  if (words.counterIds) return nextCounterId(writing, words.prefix)
  // Children count too, though bd leaves them out: that is slower and makes no better ids.
  const [row] = await writing.rows<{ n: number }>('SELECT COUNT(*) AS n FROM issues')
  for (let length = hashLength(row?.n ?? 0, words); length <= 8; length += 1) {
    const candidates = nonces.map((nonce) => hashId(words.prefix, seed, length, nonce))
    const taken = await takenIds(writing, candidates)
    const free = candidates.find((candidate) => !taken.has(candidate))
    if (free !== undefined) return free
  }
  throw new GembaError('internal', { why: 'no free bead id was found' })
}

/** The next id under a parent, `parent.N`. The caller holds the lock on the parent's children. */
export async function nextChildId(writing: Writing, parent: string): Promise<string> {
  const pattern = `${escapeLike(parent)}.%`
  const beads = await writing.rows<{ id: string }>('SELECT id FROM issues WHERE id LIKE ?', [pattern])
  const wisps = await writing.rows<{ id: string }>('SELECT id FROM wisps WHERE id LIKE ?', [pattern])
  const [counter] = await writing.rows<{ last: number }>(
    'SELECT last_child AS last FROM child_counters WHERE parent_id = ?',
    [parent],
  )
  const numbers = [...beads, ...wisps]
    .map(({ id }) => id.slice(parent.length + 1))
    .filter((rest) => /^\d{1,9}$/.test(rest))
  const next = Math.max(counter?.last ?? 0, 0, ...numbers.map(Number)) + 1
  await writing.write(
    'child_counters',
    'INSERT INTO child_counters (parent_id, last_child) VALUES (?, ?) ON DUPLICATE KEY UPDATE last_child = ?',
    [parent, next, next],
  )
  return `${parent}.${next}`
}

/** A chosen id: of the form of ids, with a prefix of this database, and free. */
export async function requireFreeId(reading: Reading, words: Words, id: string): Promise<string> {
  if (id.length > limits.id || !/^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$/.test(id)) {
    throw new GembaError('bead_invalid', { why: 'id has a form that ids do not have' })
  }
  const prefixes = [words.prefix, ...words.allowedPrefixes]
  if (!prefixes.some((prefix) => id.startsWith(`${prefix}-`))) {
    throw new GembaError('bead_invalid', { why: `id does not start with ${words.prefix}-` })
  }
  if ((await takenIds(reading, [id])).size > 0) throw new GembaError('bead_exists', { bead: id })
  return id
}

/** Which of the ids exist, as beads or as wisps. */
export async function takenIds(reading: Reading, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const beads = await reading.rows<{ id: string }>('SELECT id FROM issues WHERE id IN (?)', [ids])
  const wisps = await reading.rows<{ id: string }>('SELECT id FROM wisps WHERE id IN (?)', [ids])
  return new Set([...beads, ...wisps].map((row) => row.id))
}

async function nextCounterId(writing: Writing, prefix: string): Promise<string> {
  const rows = await writing.rows<{ id: string }>('SELECT id FROM issues WHERE id LIKE ?', [`${escapeLike(prefix)}-%`])
  const [counter] = await writing.rows<{ last: number }>('SELECT last_id AS last FROM issue_counter WHERE prefix = ?', [
    prefix,
  ])
  const numbers = rows.map(({ id }) => id.slice(prefix.length + 1)).filter((rest) => /^\d{1,9}$/.test(rest))
  const next = Math.max(counter?.last ?? 0, 0, ...numbers.map(Number)) + 1
  await writing.write(
    'issue_counter',
    'INSERT INTO issue_counter (prefix, last_id) VALUES (?, ?) ON DUPLICATE KEY UPDATE last_id = ?',
    [prefix, next, next],
  )
  return `${prefix}-${next}`
}

function base36(bytes: Uint8Array, length: number): string {
  let number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  let text = ''
  while (number > 0n) {
    text = (digits[Number(number % 36n)] ?? '') + text
    number /= 36n
  }
  return text.padStart(length, '0').slice(-length)
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
