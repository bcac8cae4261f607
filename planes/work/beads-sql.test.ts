import { createPool, type RowDataPacket } from 'mysql2/promise'
import { workPlaneConformance } from '../../test/conformance/work-plane.ts'
import type { Outsider } from '../../test/conformance/work-plane/work-plane-bench.ts'
import { startDoltServer, type DoltServer } from '../../test/dolt-server.ts'
import { openBeads } from './beads-sql.ts'
import { createBeads } from './create-beads.ts'

workPlaneConformance('Beads by SQL', async (onRelease) => {
  const server = await startDoltServer()
  onRelease(() => server.release())
  const login = loginOf(server, 'conformance')
  await createBeads({ ...login, prefix: 'gm' })
  const plane = await openBeads(login)
  onRelease(() => plane.disconnect())
  const second = await openBeads(login)
  onRelease(() => second.disconnect())
  const outsider = openOutsider(login)
  onRelease(() => outsider.close())
  return { plane, second, outsider }
})

function loginOf(server: DoltServer, database: string) {
  return { host: server.host, port: server.port, user: server.user, database }
}

function openOutsider(login: ReturnType<typeof loginOf>): Outsider & { close(): Promise<void> } {
  const pool = createPool({ ...login, dateStrings: true })
  return {
    rows: async <T>(sql: string, values: readonly unknown[] = []): Promise<T[]> => {
      const [rows] = await pool.query<RowDataPacket[]>(sql, [...values])
      return rows as unknown as T[]
    },
    close: () => pool.end(),
  }
}
