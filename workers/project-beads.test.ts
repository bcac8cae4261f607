import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { createBeads } from '../planes/work/create-beads.ts'
import type { BeadsServerSettings, ServerSettings } from '../runtime/settings.ts'
import { certificateOf } from '../test/certificate.ts'
import { startDoltServer, type DoltServer } from '../test/dolt-server.ts'
import { openProjectBeads } from './project-beads.ts'

const certificate = certificateOf('localhost')
const folder = mkdtempSync(join(tmpdir(), 'gemba-project-beads-'))
const caFile = join(folder, 'ca.pem')

let server: DoltServer

beforeAll(async () => {
  writeFileSync(caFile, certificate.certificate)
  server = await startDoltServer(certificate)
})
afterAll(async () => {
  await server?.release()
  rmSync(folder, { recursive: true, force: true })
})

function settings(tls: BeadsServerSettings['tls']): ServerSettings {
  const beads = { host: 'localhost', port: server.port, user: 'root', passwordFile: null, database: 'shop', tls }
  return { project: { prefix: 'sh' }, beads: { ...beads, embedded: true }, example: false } as ServerSettings
}

it('follows a folder to the Dolt server that keeps its database', async () => {
  const plain = await startDoltServer()
  onTestFinished(() => plain.release())
  await createBeads({ host: plain.host, port: plain.port, user: plain.user, database: 'shop', prefix: 'sh' })
  const beads = join(folder, 'work', '.beads')
  mkdirSync(beads, { recursive: true })
  const named = { backend: 'dolt', dolt_mode: 'server', dolt_database: 'shop', dolt_server_host: '127.0.0.1' }
  writeFileSync(join(beads, 'metadata.json'), JSON.stringify({ ...named, dolt_server_port: plain.port }))
  const of = (at: string) => ({ project: { prefix: 'sh' }, beads: { embedded: false, folder: at } }) as ServerSettings
  const { raw } = await openProjectBeads(of(join(folder, 'work')))
  expect(await raw.manifest()).toMatchObject({ prefix: 'sh' })
  await raw.disconnect()
  await expect(openProjectBeads(of(folder))).rejects.toMatchObject({ code: 'beads_missing' })
})

it('speaks TLS with the Beads server when the settings ask for it, trusting the named authority', async () => {
  const { raw: plane } = await openProjectBeads(settings({ caFile }))
  try {
    expect(await plane.manifest()).toMatchObject({ prefix: 'sh' })
  } finally {
    await plane.disconnect()
  }
  await expect(openProjectBeads(settings({ caFile: null }))).rejects.toMatchObject({ code: 'work_plane_unavailable' })
})
