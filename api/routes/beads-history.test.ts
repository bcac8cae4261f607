import { appendFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ManifestEntry, ManifestPage, ManifestState } from '../../model/manifest.ts'
import { recordedWorkPlane } from '../../planes/manifest/recorded-work-plane.ts'
import { folder, manifestAt } from '../../planes/manifest/testing/manifests.ts'
import { readOnlyWorkPlane } from '../../planes/work/read-only-work-plane.ts'
import { BeadsOnlyDouble } from '../testing/beads-only.ts'
import { MemoryBoard } from '../testing/memory-board.ts'
import { MemoryWorkPlane } from '../testing/memory-work-plane.ts'
import { testApi, type TestApi } from '../testing/test-api.ts'

type History = ManifestPage & { readonly state: ManifestState }

async function bench() {
  const path = join(folder(), '.gemba', 'm.jsonl')
  const mode = new BeadsOnlyDouble()
  const manifest = await manifestAt(path)
  mode.ledger = manifest
  const memory = new MemoryWorkPlane()
  memory.put('gm-1', { title: 'BOM-1: One', labels: ['staged:true'] })
  const board = new MemoryBoard(memory)
  const api = await testApi({ mode, board, work: recordedWorkPlane(memory, manifest) })
  return { path, mode, manifest, memory, board, api }
}

async function historyOf(api: TestApi, query = ''): Promise<History> {
  return (await api.call({ method: 'GET', url: `/api/v1/beads-history${query}` })).json()
}

test('a change is in the history when its answer comes, and is there once, however often it is repeated', async () => {
  const { api } = await bench()
  const url = '/api/v1/beads/gm-1'
  const payload = { status: 'in_progress', removeLabels: ['staged:true'] }
  const headers = { 'x-gemba-confirm': await api.nonce('PATCH', url, payload) }
  for (let times = 0; times < 3; times++) {
    expect((await api.call({ method: 'PATCH', url, headers, payload })).statusCode).toBe(200)
  }
  const { items, warnings, state, cursor } = await historyOf(api)
  expect(items).toMatchObject([
    {
      actor: 'ada',
      action: 'work_item.state_changed',
      entity: { type: 'bead', id: 'gm-1', title: 'BOM-1: One' },
      before: { state_category: 'staged' },
      after: { state_category: 'started' },
      summary: 'Moved BOM-1 from Staged to In Progress.',
    },
  ])
  expect([warnings, state.status, cursor]).toEqual([[], 'ok', null])
})

test('pages, warnings and a manifest that can not be written are told', async () => {
  const { api, path } = await bench()
  for (const text of ['a', 'b', 'c']) await api.change('POST', '/api/v1/beads/gm-1/comments', { text })
  appendFileSync(path, 'not json\n')
  const first = await historyOf(api, '?limit=2')
  expect(first.items.map(({ after }) => after['comment'])).toEqual(['c', 'b'])
  expect(first.warnings).toMatchObject([{ line: 4, kind: 'malformed' }])
  const second = await historyOf(api, `?limit=2&cursor=${first.cursor}`)
  expect([second.items.map(({ after }) => after['comment']), second.cursor]).toEqual([['a'], null])
  const refused = await api.call({ method: 'GET', url: '/api/v1/beads-history?cursor=3' })
  expect([refused.statusCode, refused.json<{ code: string }>().code]).toEqual([400, 'bad_request'])

  rmSync(path)
  mkdirSync(path)
  expect((await api.change('POST', '/api/v1/beads/gm-1/comments', { text: 'd' })).statusCode).toBe(201)
  expect(await historyOf(api)).toMatchObject({
    items: [],
    warnings: [{ line: null, kind: 'unreadable', why: 'There is a folder at its path.' }],
    state: { status: 'failed', why: 'There is a folder at its path.', lost: 1 },
  })
})

test('what fails is not recorded', async () => {
  const { api, memory } = await bench()
  memory.failure = new Error('?')
  expect((await api.change('PATCH', '/api/v1/beads/gm-1', { title: 'x' })).statusCode).toBe(500)
  expect((await api.change('PATCH', '/api/v1/beads/gm-9', { title: 'x' })).statusCode).toBe(404)
  expect((await historyOf(api)).items).toEqual([])
})

test('read-only refuses with its code before the source, and the history gains nothing', async () => {
  const { mode, manifest, memory, board } = await bench()
  const work = readOnlyWorkPlane(memory, 'Gemba was started with `--beads-read-only`')
  const api = await testApi({ mode, board, work: recordedWorkPlane(work, manifest) })
  const answer = await api.change('PATCH', '/api/v1/beads/gm-1', { status: 'in_progress' })
  expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([403, 'read_only'])
  expect(memory.writes).toBe(0)
  expect((await historyOf(api)).items).toEqual<ManifestEntry[]>([])
})

test('full mode has none; without a source it is empty', async () => {
  const full = await (await testApi()).call({ method: 'GET', url: '/api/v1/beads-history' })
  expect([full.statusCode, full.json()]).toMatchObject([
    409,
    { code: 'unavailable_in_mode', detail: 'The Beads history is not available in full mode.' },
  ])
  const api = await testApi({ mode: new BeadsOnlyDouble() })
  expect(await historyOf(api)).toMatchObject({ items: [], warnings: [], cursor: null, state: { status: 'ok' } })
})
