/** What `GET /api/v1/status` answers in Beads-only mode, field for field, over a real Dolt server (seed 001, 4). */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { testApi } from '../api/testing/test-api.ts'
import { system } from '../model/actor.ts'
import type { ModeStatus, SourceSelection } from '../model/mode.ts'
import { ManifestFile } from '../planes/manifest/manifest-file.ts'
import { openBoard } from '../planes/work/board.ts'
import { createBeads } from '../planes/work/create-beads.ts'
import { pointAtServer } from '../test/bd/point-at-server.ts'
import { startDoltServer, type DoltServer } from '../test/dolt-server.ts'
import { beadsOnlyMode } from './beads-only-mode.ts'
import { chosenSource } from './chosen-source.ts'
import { openSource } from './open-source.ts'

const database = 'plan'
const logger = { warn: () => undefined }
let server: DoltServer

beforeAll(async () => {
  server = await startDoltServer()
  const { host, port, user } = server
  await createBeads({ host, port, user, database, prefix: 'gm' })
})
afterAll(() => server.release())

/** A folder that names the database. */
async function served(): Promise<string> {
  const folder = await newFolder()
  const { host, port, user } = server
  await pointAtServer(folder, { host, port, user, database })
  return folder
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gemba-status-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The answer of a server that opened this source, or none. */
async function statusOf(selection: SourceSelection | null, readOnly = false) {
  vi.stubEnv('GEMBA_BD', '/nowhere/bd')
  onTestFinished(() => void vi.unstubAllEnvs())
  const path = join(await newFolder(), 'session-manifest.jsonl')
  const ledger = new ManifestFile({ path })
  onTestFinished(() => ledger.close())
  const access = { readOnly, restart: false, watched: () => false }
  const source = chosenSource((chosen) => openSource(chosen, access, ledger), logger)
  onTestFinished(() => source.close())
  const board = await openBoard(source.work, {})
  onTestFinished(() => board.close())
  const mode = beadsOnlyMode({
    ...{ source, board, settings: { readOnly, manifest: path }, remember: () => undefined },
    ...{ store: { append: async () => [] }, logger, retry: async () => undefined },
  })
  if (selection !== null) await source.begin(selection, system)
  await board.refresh().catch(() => undefined)
  const api = await testApi({ mode, work: source.work, board })
  return { path, status: (await api.call({ url: '/api/v1/status' })).json<ModeStatus>() }
}

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string
const always = { mode: 'beads_only', project_required: false, orchestration_required: false, bd_found: false }
const well = { healthy: true, code: null, why: '', mend: '', since: instant }
const noRemote = { configured: false, name: '', display: '', reachable: 'unknown', why: expect.any(String) as string }

/** Of a source that is open and may be written. */
function writable(path: string) {
  return {
    ...{ ...always, source_id: expect.stringMatching(/./) as string, manifest_path: path, beads_read_only: false },
    ...{ health: well, privilege: 'read_write', read_only_reason: null, last_sync: instant, remote: noRemote },
    manifest: { path, status: 'ok', why: '', lost: 0 },
  }
}

it('of an address', async () => {
  const address = `mysql://${server.user}@${server.host}:${server.port}/${database}`
  const { path, status } = await statusOf({ kind: 'url', url: address })
  expect(status).toEqual({ ...writable(path), source: { kind: 'url', display: address, readonly: false } })
})

it.each(['worktree', 'beads_dir'] as const)('of a %s that a Dolt server keeps', async (kind) => {
  const folder = await served()
  const { path, status } = await statusOf({ kind, folder })
  expect(status).toEqual({ ...writable(path), source: { kind, display: folder, readonly: false } })
})

it('of a source that Gemba was told to read only', async () => {
  const address = `mysql://${server.user}@${server.host}:${server.port}/${database}`
  const { path, status } = await statusOf({ kind: 'url', url: address }, true)
  const why = expect.stringContaining('--beads-read-only') as string
  expect(status).toEqual({
    ...{ ...writable(path), source: { kind: 'url', display: address, readonly: true }, beads_read_only: true },
    ...{ privilege: 'read_only', read_only_reason: why, manifest: { path, status: 'off', why, lost: 0 } },
  })
})

it('before a source is chosen', async () => {
  const { path, status } = await statusOf(null)
  expect(status).toEqual({
    ...{ ...always, source: null, source_id: '', manifest_path: path, beads_read_only: false },
    health: {
      ...{ healthy: false, code: 'source_missing', since: instant },
      ...{ why: expect.stringMatching(/./) as string, mend: expect.stringMatching(/./) as string },
    },
    ...{ privilege: 'unknown', read_only_reason: null, last_sync: null, remote: null },
    manifest: { path, status: 'off', why: expect.stringMatching(/./) as string, lost: 0 },
  })
})
