import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { system } from '../../model/actor.ts'
import type { ImportOptions, ImportRow, ImportText } from '../../model/exchange.ts'
import { startDoltServer, type DoltServer } from '../../test/dolt-server.ts'
import { openBeads } from './beads-sql.ts'
import { createBeads } from './create-beads.ts'
import type { BeadsLogin } from './login.ts'
import { sqlExchange } from './sql-exchange.ts'

/** Beads of a text: three steps of at most 200, and one for their labels. */
const beads = 450

let dolt: DoltServer
let relay: Server
let databases = 0
const sockets = new Set<Socket>()
/** Commits until the network breaks off: the server gets that one, and nobody hears its answer. */
let commitsLeft = Number.POSITIVE_INFINITY
/** Whether the server can be reached again after that. */
let comesBack = true

beforeAll(async () => {
  dolt = await startDoltServer()
  relay = createServer((client) => {
    const isAway = (): boolean => commitsLeft <= 0 && !comesBack
    if (isAway()) return void client.destroy()
    const server = connect(dolt.port, dolt.host)
    let isDeaf = false
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    client.on('data', (bytes) => {
      if (isAway()) return void client.destroy()
      if (bytes.includes('CALL DOLT_COMMIT')) isDeaf = --commitsLeft === 0
      server.write(bytes)
    })
    server.on('data', (bytes) => (isDeaf ? client.destroy() : client.write(bytes)))
    client.on('close', () => server.destroy())
    server.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  relay?.close()
  await dolt?.release()
})
beforeEach(() => {
  commitsLeft = Number.POSITIVE_INFINITY
  comesBack = true
})

async function fresh(): Promise<BeadsLogin> {
  databases += 1
  const login = { host: dolt.host, port: dolt.port, user: dolt.user, database: `broken_${databases}` }
  await createBeads({ ...login, prefix: 'bi' })
  return login
}

const throughRelay = (login: BeadsLogin): BeadsLogin => ({ ...login, port: (relay.address() as AddressInfo).port })

const text: readonly ImportText[] = [
  {
    file: 'in.jsonl',
    kind: 'issues',
    async *chunks() {
      for (let n = 1; n <= beads; n++) {
        const times = { created_at: '2026-11-20T10:00:00Z', updated_at: '2026-11-20T12:00:00Z' }
        const bead = {
          _type: 'issue',
          id: `bi-${n}`,
          title: `Do ${n}`,
          status: 'open',
          priority: 2,
          issue_type: 'task',
        }
        yield Buffer.from(`${JSON.stringify({ ...bead, ...times, ...(n === 1 ? { labels: ['x'] } : {}) })}\n`)
      }
      yield Buffer.from('{broken\n')
    },
  },
]

/** What an import that breaks off told of each row, and the error that it ended with. */
async function broken(login: BeadsLogin, options: Partial<ImportOptions> = {}) {
  const rows: ImportRow[] = []
  const { settled, ...more } = options
  const ended = sqlExchange(login).import(text, {
    actor: system,
    ...more,
    settled: async (some) => {
      rows.push(...some)
      await settled?.(some)
    },
  })
  const error: unknown = await ended.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  const counts = Map.groupBy(rows, ({ kind, verdict, reason }) => `${kind} ${verdict} ${reason}`)
  return { rows, error, counts: Object.fromEntries([...counts].map(([what, all]) => [what, all.length])) }
}

async function there(login: BeadsLogin): Promise<Set<string>> {
  const plane = await openBeads(login)
  const found = await plane.list()
  await plane.disconnect()
  return new Set(found.map(({ id }) => id))
}

function written(rows: readonly ImportRow[]): Set<string> {
  return new Set(rows.flatMap(({ kind, verdict, bead }) => (kind === 'issues' && verdict === 'created' ? [bead] : [])))
}

describe('an import that breaks off', () => {
  it('between two steps tells of each row whether it was written, and goes in whole when it is repeated', async () => {
    const login = await fresh()
    const stopped = new AbortController()
    const { rows, error, counts } = await broken(login, {
      signal: stopped.signal,
      settled: (some) => {
        if (some.some(({ kind }) => kind === 'issues')) stopped.abort(new Error('enough'))
      },
    })
    expect(error).toMatchObject({ message: 'enough' })
    expect(counts).toEqual({
      'unknown refused malformed': 1,
      'issues created new': 200,
      'issues refused broken_off': 250,
      'labels refused broken_off': 1,
    })
    expect(written(rows)).toEqual(await there(login))
    expect(rows.at(-1)?.why).toBe('the import broke off before it was written')
    const again = await sqlExchange(login).import(text, { actor: system })
    expect(again.filter(({ verdict }) => verdict === 'created')).toHaveLength(251)
    expect(again.filter(({ reason }) => reason === 'same')).toHaveLength(200)
    expect((await there(login)).size).toBe(beads)
  })

  it('while a step is committed asks what became of it', async () => {
    const login = await fresh()
    commitsLeft = 2
    const { rows, error, counts } = await broken(throughRelay(login))
    expect(error).toMatchObject({ code: 'work_plane_unavailable' })
    expect(written(rows)).toEqual(await there(login))
    expect(counts).toMatchObject({ 'issues created new': 400, 'issues refused broken_off': 50 })
  })

  it('and can not ask says that it does not know', async () => {
    const login = await fresh()
    commitsLeft = 2
    comesBack = false
    const { error, counts } = await broken(throughRelay(login))
    expect(error).toMatchObject({ code: 'work_plane_unavailable' })
    expect(counts).toMatchObject({
      'issues created new': 200,
      'issues refused unknown': 200,
      'issues refused broken_off': 50,
    })
  })
})
