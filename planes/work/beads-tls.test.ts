import { afterAll, beforeAll, expect, it } from 'vitest'
import { certificateOf } from '../../test/certificate.ts'
import { startDoltServer, type DoltServer } from '../../test/dolt-server.ts'
import { openBeads } from './beads-sql.ts'
import { createBeads } from './create-beads.ts'
import type { BeadsLogin } from './login.ts'

const own = certificateOf('localhost')
const unavailable = { code: 'work_plane_unavailable' }

let server: DoltServer
let plain: DoltServer
let login: BeadsLogin

beforeAll(async () => {
  ;[server, plain] = await Promise.all([startDoltServer(own), startDoltServer()])
  login = { host: 'localhost', port: server.port, user: server.user, database: 'sealed' }
})
afterAll(async () => {
  await Promise.all([server?.release(), plain?.release()])
})

it('creates, writes and reads over TLS at a server that takes nothing else', async () => {
  const secured = { ...login, tls: { ca: own.certificate } }
  await createBeads({ ...secured, prefix: 'gm' })
  const plane = await openBeads(secured)
  try {
    const bead = await plane.create({ title: 'sealed' }, { actor: { name: 'Ada', via: 'console' } })
    expect((await plane.get(bead.id)).title).toBe('sealed')
  } finally {
    await plane.disconnect()
  }
})

it.each([
  ['without TLS', {}],
  ['when nobody vouches for the certificate', { tls: {} }],
  ['when another authority is trusted', { tls: { ca: certificateOf('localhost').certificate } }],
])('is refused %s', async (_, options) => {
  const refused = { ...login, ...options, prefix: 'gm' }
  await expect(createBeads(refused)).rejects.toMatchObject(unavailable)
  await expect(openBeads(refused)).rejects.toMatchObject(unavailable)
})

it('says nothing to a server that does not speak TLS', async () => {
  const secured = { ...login, port: plain.port, tls: {} }
  await expect(createBeads({ ...secured, prefix: 'gm' })).rejects.toMatchObject(unavailable)
  await expect(openBeads(secured)).rejects.toMatchObject(unavailable)
})

it('is refused when the certificate names another host', async () => {
  const other = certificateOf('dolt.example')
  const stranger = await startDoltServer(other)
  try {
    const refused = { ...login, port: stranger.port, tls: { ca: other.certificate } }
    await expect(createBeads({ ...refused, prefix: 'gm' })).rejects.toMatchObject(unavailable)
    await expect(openBeads(refused)).rejects.toMatchObject(unavailable)
  } finally {
    await stranger.release()
  }
})
