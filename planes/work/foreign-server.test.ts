import type { AddressInfo, Server as TcpServer } from 'node:net'
import { createServer, type Connection } from 'mysql2'
import { expect, it, onTestFinished } from 'vitest'
import { openBeads } from './beads-sql.ts'

/** A double of a server of the MySQL protocol that is not Dolt: it answers as MariaDB 10.11 does to what is asked here. */
async function mariaDbDouble(): Promise<{ readonly port: number; readonly asked: readonly string[] }> {
  const asked: string[] = []
  const connections = new Set<Connection>()
  const server = createServer((connection: Connection) => {
    connections.add(connection)
    connection.on('error', () => connection.destroy())
    connection.serverHandshake({
      protocolVersion: 10,
      serverVersion: '10.11.19-MariaDB',
      connectionId: connections.size,
      statusFlags: 2,
      characterSet: 45,
      capabilityFlags: 0xffffff & ~0x800 & ~0x20,
      authCallback: (_login: unknown, letIn: (error: null) => void) => {
        letIn(null)
        // Packets are counted from each command on, which is left to whoever answers.
        connection.sequenceId = 0
      },
    })
    const answer = (sql: string): void => {
      asked.push(sql)
      const [unknown] = /\bdolt_\w+/i.exec(sql) ?? []
      if (unknown !== undefined) connection.writeError({ code: 1305, message: `FUNCTION x.${unknown} does not exist` })
      else if (/\bVERSION\(\)/.test(sql))
        connection.writeTextResult([{ version: '10.11.19-MariaDB' }], [text('version')])
      else connection.writeOk()
      connection.sequenceId = 0
    }
    // It takes `SET …` for a statement that is prepared.
    connection.on('query', answer).on('stmt_prepare', answer)
  })
  const tcp = (server as unknown as { readonly _server: TcpServer })._server
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const connection of connections) connection.destroy()
    tcp.close()
  })
  return { port: (tcp.address() as AddressInfo).port, asked }
}

function text(name: string) {
  const origin = { catalog: 'def', schema: '', table: '', orgTable: '', orgName: name }
  return { ...origin, name, characterSet: 45, columnLength: 64, columnType: 253, flags: 0, decimals: 0 }
}

it('a server that is not Dolt is refused at the connection, with what it is and what is needed', async () => {
  const { port, asked } = await mariaDbDouble()
  const error = await openBeads({ host: '127.0.0.1', port, user: 'root', database: 'x' }).catch((each: unknown) => each)
  expect(error).toMatchObject({
    code: 'beads_server_not_dolt',
    message: expect.stringContaining('10.11.19-MariaDB'),
    mend: expect.stringContaining('dolt sql-server'),
  })
  // It is asked for no more than that.
  expect(asked.filter((sql) => /issues|information_schema/.test(sql))).toEqual([])
})
