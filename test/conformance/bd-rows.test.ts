import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WorkPlane } from '../../model/work-plane.ts'
import { openBeads } from '../../planes/work/beads-sql.ts'
import { createBeads } from '../../planes/work/create-beads.ts'
import { bdVersion, openBd, type Bd } from '../bd/bd-program.ts'
import { openPlain, rowsOf, sortedRows, type PlainDatabase, type Row, type Rows } from '../bd/bead-rows.ts'
import { readRecorded, recordedFile, textOf } from '../bd/recorded-rows.ts'
import { writeScenarios } from '../bd/write-scenarios.ts'
import { idsOf, runOf, type WriteScenario } from '../bd/write-scenarios/write-scenario.ts'
import { startDoltServer, type DoltServer } from '../dolt-server.ts'

const { version, why } = await bdVersion()
if (version === undefined) console.warn(`The record of bd's rows is not held against bd: ${why}.`)
const recorded = readRecorded()

/**
 * Every kind of write leaves, in every column of every table, what `bd` leaves for the same command. What bd leaves is
 * on record; with bd on PATH the record is held against it, and `-u` writes it anew.
 */
describe('rows of writes', () => {
  let server: DoltServer
  beforeAll(async () => {
    server = await startDoltServer()
  })
  afterAll(() => server.release())

  const database = async (name: string) => {
    const login = { host: server.host, port: server.port, user: server.user, database: name }
    await createBeads({ ...login, prefix: 'gm' })
    return { login, plain: openPlain(login) }
  }

  describe(`by Gemba are those of ${recorded.bd}`, () => {
    let plane: WorkPlane
    let plain: PlainDatabase
    beforeAll(async () => {
      const { login, plain: opened } = await database('ours')
      plain = opened
      plane = await openBeads(login)
    })
    afterAll(async () => {
      await plane.disconnect()
      await plain.close()
    })

    it.each(writeScenarios)('$name', async (scenario) => {
      const rows = await rowsAfter(plain, scenario, () => scenario.gemba(plane, beadsOf(scenario)))
      expect(rows).toEqual(asGemba(recorded.rows[scenario.name] ?? {}, scenario))
    })

    it('leave nothing uncommitted', async () => {
      const rows = await plain.rows<{ name: string }>(
        `SELECT table_name AS name FROM dolt_status WHERE table_name NOT LIKE 'wisp%'`,
      )
      // Rows that the scenarios begin with.
      expect(rows.filter(({ name }) => !['issues', 'labels', 'dependencies'].includes(name))).toEqual([])
    })
  })

  describe.skipIf(version === undefined)(`by ${version ?? `bd (skipped: ${why})`} are those on record`, () => {
    let bd: Bd | undefined
    let plain: PlainDatabase
    const found: Record<string, Rows> = {}
    beforeAll(async () => {
      const { login, plain: opened } = await database('theirs')
      plain = opened
      bd = await openBd(login)
    })
    afterAll(async () => {
      await plain.close()
      await bd?.release()
    })

    it.each(writeScenarios)('$name', async (scenario) => {
      const run = bd === undefined ? undefined : runOf(bd)
      found[scenario.name] = await rowsAfter(plain, scenario, async () => run && scenario.bd(run, beadsOf(scenario)))
    })

    it('word for word', async () => {
      await expect(textOf({ bd: version ?? '', rows: found })).toMatchFileSnapshot(recordedFile.pathname)
    })
  })
})

async function rowsAfter(plain: PlainDatabase, scenario: WriteScenario, write: () => Promise<unknown>): Promise<Rows> {
  const since = new Date()
  for (const statement of scenario.before ?? []) await plain.rows(statement.replaceAll('{}', idsOf(scenario)))
  await write()
  return rowsOf(plain, idsOf(scenario), since)
}

function beadsOf(scenario: WriteScenario): (name: string) => string {
  return (name) => `${idsOf(scenario)}${name}`
}

/** The recorded rows with what Gemba writes otherwise on purpose; each purpose must still be needed. */
function asGemba(rows: Rows, scenario: WriteScenario): Rows {
  const all: Record<string, readonly Row[]> = { ...rows }
  for (const { table, column, bd, gemba, why } of scenario.deliberate ?? []) {
    const before = all[table] ?? []
    all[table] = before.map((row) => (isDeepStrictEqual(row[column], bd) ? { ...row, [column]: gemba } : row) as Row)
    if (isDeepStrictEqual(all[table], before)) throw new Error(`bd does not write what was said of it: ${why}`)
  }
  return Object.fromEntries(Object.entries(all).map(([table, each]) => [table, sortedRows(each)]))
}
