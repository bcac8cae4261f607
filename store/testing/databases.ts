import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { findPostgres, startPostgres, type PostgresServer } from '../../test/postgres-server.ts'
import type { StoreOptions } from '../store.ts'

/** Where a store keeps its data. */
export type At = StoreOptions['at']

/** A kind of database that the store is tested on. */
export interface DatabaseKind {
  readonly name: string
  /** A new, empty one. The caller registers `remove` at once. */
  create(): Promise<{ readonly at: At; readonly remove: () => void }>
}

/** Where the tests' Postgres comes from. */
export const postgres = await findPostgres()

let shared: Promise<PostgresServer> | undefined
afterAll(async () => (await shared)?.release())

/** One server for the file, started by the first test that needs it. */
export function sharedServer(): Promise<PostgresServer> {
  shared ??= ownServer()
  return shared
}

/** A server of the test's own, which it releases. */
export async function ownServer(): Promise<PostgresServer> {
  const started = await startPostgres()
  if (started.server === undefined) throw new Error(started.reason)
  return started.server
}

/** A new folder, which the caller removes. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'gemba-store-'))
}

/** PGlite, and a real Postgres where the machine has one. */
export const kinds: DatabaseKind[] = [
  {
    name: 'PGlite',
    create: () => {
      const folder = temporaryFolder()
      return Promise.resolve({ at: { folder }, remove: () => rmSync(folder, { recursive: true, force: true }) })
    },
  },
]
if (postgres.kind !== 'none') {
  kinds.push({
    name: 'Postgres',
    create: async () => ({ at: { url: await (await sharedServer()).database() }, remove: () => {} }),
  })
}
