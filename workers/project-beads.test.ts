import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ServerSettings } from '../runtime/settings.ts'
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

function settings(tls: ServerSettings['beads']['tls']): ServerSettings {
  const beads = { host: 'localhost', port: server.port, user: 'root', passwordFile: null, database: 'shop', tls }
  return { project: { prefix: 'sh' }, beads: { ...beads, embedded: true }, example: false } as ServerSettings
}

it('speaks TLS with the Beads server when the settings ask for it, trusting the named authority', async () => {
  const plane = await openProjectBeads(settings({ caFile }))
  try {
    expect(await plane.manifest()).toMatchObject({ prefix: 'sh' })
  } finally {
    await plane.disconnect()
  }
  await expect(openProjectBeads(settings({ caFile: null }))).rejects.toMatchObject({ code: 'work_plane_unavailable' })
})
