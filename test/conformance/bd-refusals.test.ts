import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBeads } from '../../planes/work/beads-sql.ts'
import { createBeads } from '../../planes/work/create-beads.ts'
import type { WorkPlane } from '../../model/work-plane.ts'
import { openPlain, type PlainDatabase } from '../bd/bead-rows.ts'
import { besideBd, by, type Opened } from '../bd/beside-bd.ts'
import { fillRefusal, refusals } from '../bd/refusals.ts'
import { startDoltServer, type DoltServer } from '../dolt-server.ts'

const issues = 'SELECT * FROM issues ORDER BY id'

describe('what bd refuses, Gemba refuses', () => {
  let server: DoltServer
  let plane: WorkPlane
  let plain: PlainDatabase
  beforeAll(async () => {
    server = await startDoltServer()
    const login = { host: server.host, port: server.port, user: server.user, database: 'refusals' }
    await createBeads({ ...login, prefix: 'gm' })
    plane = await openBeads(login)
    plain = openPlain(login)
  })
  afterAll(async () => {
    await plane.disconnect()
    await plain.close()
    await server.release()
  })

  it.each(refusals)('$name', async (refusal) => {
    const { ids } = await fillRefusal(plain, refusal)
    const before = await plain.rows(issues)
    await expect(refusal.gemba(plane, ids, by)).rejects.toMatchObject({ code: refusal.code })
    expect(await plain.rows(issues)).toEqual(before)
  })
})

besideBd('what Gemba is told that bd refuses', ({ open }) => {
  let opened: Opened
  beforeAll(async () => {
    opened = await open('refusals', 'Gemba')
  })

  it.each(refusals)('$name', async (refusal) => {
    const { bd, plain } = opened
    const { filled } = await fillRefusal(plain, refusal)
    const before = await plain.rows(issues)
    const said = await bd.exec(refusal.bd.map(filled))
    expect([said.code, `${said.stderr}${said.stdout}`]).toEqual([1, expect.stringMatching(/error|cannot|invalid|not/i)])
    expect(await plain.rows(issues)).toEqual(before)
  })
})
