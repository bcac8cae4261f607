import { createPool, type RowDataPacket } from 'mysql2/promise'
import { workPlaneConformance, type Outsider } from '../../test/conformance/work-plane.ts'
import { startDoltServer, type DoltServer } from '../../test/dolt-server.ts'
import { openBeads } from './beads-sql.ts'
import { createBeads } from './create-beads.ts'

workPlaneConformance('Beads by SQL', async () => {
  const server = await startDoltServer()
  const login = loginOf(server, 'conformance')
  await createBeads({ ...login, prefix: 'gm' })
  const [plane, second] = [await openBeads(login), await openBeads(login)]
  const outsider = openOutsider(login)
  return {
    plane,
    second,
    outsider,
    release: async () => {
      await Promise.all([plane.disconnect(), second.disconnect(), outsider.close()])
      await server.release()
    },
  }
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
