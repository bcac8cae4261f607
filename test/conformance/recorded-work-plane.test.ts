import { createPool, type RowDataPacket } from 'mysql2/promise'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ManifestEntry, SessionManifest } from '../../model/manifest.ts'
import { ManifestFile } from '../../planes/manifest/manifest-file.ts'
import { openManifest } from '../../planes/manifest/open-manifest.ts'
import { recordedWorkPlane } from '../../planes/manifest/recorded-work-plane.ts'
import { openBeads } from '../../planes/work/beads-sql.ts'
import { createBeads } from '../../planes/work/create-beads.ts'
import { startDoltServer } from '../dolt-server.ts'
import { workPlaneConformance } from './work-plane.ts'

/** That changes are recorded alters nothing of what a work plane promises, on the real database. */
const folder = mkdtempSync(join(tmpdir(), 'gemba-recorded-'))
const file = new ManifestFile({ path: join(folder, 'm.jsonl') })
let manifest: SessionManifest

beforeAll(async () => {
  manifest = await openManifest({ file, source: { kind: 'url', display: 'mysql://127.0.0.1/conformance' } })
})
afterAll(async () => {
  await manifest.close()
  await file.close()
  rmSync(folder, { recursive: true })
})

workPlaneConformance('Beads by SQL, recorded', async (onRelease) => {
  const server = await startDoltServer()
  onRelease(() => server.release())
  const login = { host: server.host, port: server.port, user: server.user, database: 'conformance' }
  await createBeads({ ...login, prefix: 'gm' })
  const plane = await openBeads(login)
  onRelease(() => plane.disconnect())
  const second = await openBeads(login)
  onRelease(() => second.disconnect())
  const pool = createPool({ ...login, dateStrings: true })
  onRelease(() => pool.end())
  const rows = async <T>(sql: string, values: readonly unknown[] = []): Promise<T[]> => {
    const [found] = await pool.query<RowDataPacket[]>(sql, [...values])
    return found as unknown as T[]
  }
  return { plane: recordedWorkPlane(plane, manifest), second, outsider: { rows } }
})

it('all of it is on record: every kind of change, nothing twice, no line that can not be read', async () => {
  const entries: ManifestEntry[] = []
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await manifest.page({ limit: 500, cursor })
    expect(page.warnings).toEqual([])
    entries.push(...page.items)
    cursor = page.cursor
  }
  const ids = entries.map((entry) => entry.event_id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(entries.map(({ action }) => action)).toEqual(
    expect.arrayContaining([
      'work_item.created',
      'epic.created',
      'milestone.created',
      'work_item.edited',
      'work_item.state_changed',
      'work_item.deleted',
      'dependency.changed',
    ]),
  )
  for (const { summary } of entries) expect(summary).toMatch(/^[A-Z].*\.$/)
})
