import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startDoltServer, type DoltServer } from '../../test/dolt-server.ts'
import { createBeads } from './create-beads.ts'
import { openDatabase, type Database } from './database.ts'

/** As many as the pool has seats. */
const seats = 8

let dolt: DoltServer
let relay: Server
let database: Database
const sockets = new Set<Socket>()
/** While true the network swallows what is said after the handshake. */
let silent = true
let swallowed = 0

beforeAll(async () => {
  dolt = await startDoltServer()
  const login = { host: dolt.host, port: dolt.port, user: dolt.user, database: 'x' }
  await createBeads({ ...login, prefix: 'x' })
  relay = createServer((client) => {
    const server = connect(dolt.port, dolt.host)
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    client.on('data', (bytes) => {
      if (silent && bytes.includes('SET SESSION')) swallowed += 1
      else server.write(bytes)
    })
    server.on('data', (bytes) => client.write(bytes))
    client.on('close', () => server.destroy())
    server.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  database = openDatabase({ ...login, port: (relay.address() as AddressInfo).port })
})
afterAll(async () => {
  await database?.close()
  for (const socket of sockets) socket.destroy()
  relay?.close()
  await dolt?.release()
})

it('answers again after a time in which the server was silent, and keeps nobody waiting for ever meanwhile', async () => {
  const read = () => database.read((reading) => reading.rows<{ one: number }>('SELECT 1 AS one'))
  const refusal = expect.objectContaining({ code: 'work_plane_unavailable' })
  const answers = await Promise.allSettled(Array.from({ length: seats * 3 }, read))
  expect(answers).toEqual(answers.map(() => ({ status: 'rejected', reason: refusal })))
  expect(swallowed).toBeGreaterThanOrEqual(seats)
  silent = false
  expect(await read()).toEqual([{ one: 1 }])
}, 90_000)
