import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import { GembaError } from '../../model/error.ts'
import { capabilities } from '../../model/schema/capabilities.ts'
import { fullMode, type ModeChange } from '../full-mode.ts'
import { BeadsOnlyDouble } from '../testing/beads-only.ts'
import { testApi } from '../testing/test-api.ts'

const codeOf = (answer: { json(): unknown }): unknown => (answer.json() as { code?: unknown }).code

describe('status in full mode', () => {
  it('is that of the project', async () => {
    const api = await testApi()
    const answer = await api.call({ method: 'GET', url: '/api/v1/status' })
    expect(answer.json()).toMatchObject({
      mode: 'full',
      source: { kind: 'project', readonly: false },
      project_required: true,
      orchestration_required: true,
      manifest_path: null,
      beads_read_only: false,
      privilege: 'read_write',
    })
    const remote = await api.change('POST', '/api/v1/status/remote', { name: 'origin', url: 'file:///beads' })
    expect([remote.statusCode, codeOf(remote)]).toEqual([409, 'source_fixed'])
  })

  it('tells the choice of a source to whoever goes over to Beads-only mode, and its refusal to the person', async () => {
    const chosen: unknown[] = []
    const { deps } = await testApi()
    const leave: ModeChange['leave'] = async (selection, { name }) => {
      if (chosen.push([selection, name]) > 1) throw new GembaError('work_live', { beads: 'gm-1' })
    }
    const api = await testApi({ mode: fullMode(deps, { during: (run) => run(), leave, bdFound: () => false }) })
    const selection = { kind: 'url', url: 'mysql://x/y' }
    const choice = await api.change('POST', '/api/v1/status/source', selection)
    expect([choice.statusCode, choice.json()]).toMatchObject([200, { mode: 'full', bd_found: false }])
    const refused = await api.change('POST', '/api/v1/status/source', selection)
    expect([refused.statusCode, codeOf(refused)]).toEqual([409, 'work_live'])
    expect(chosen[0]).toEqual([selection, 'ada'])
  })
})

describe('Beads-only mode', () => {
  it('says so in the capabilities, with the surfaces that it has', async () => {
    const api = await testApi({ mode: new BeadsOnlyDouble() })
    const answer = await api.call({ method: 'GET', url: '/api/v1/capabilities' })
    expect(answer.json()).toMatchObject({ mode: 'beads_only', profile: { mode: 'beads_only', readOnly: false } })
    const { surfaces } = answer.json<{ profile: { surfaces: string[] } }>().profile
    expect(surfaces).toEqual(expect.arrayContaining(['board', 'backlog', 'graph', 'details', 'authoring', 'history']))
    expect(surfaces).not.toContain('sessions')
  })

  it('tells in the capabilities of source, ledger and read-only as in the status', async () => {
    const told = async (mode: BeadsOnlyDouble) => {
      const api = await testApi({ mode })
      const answer = (await api.call({ url: '/api/v1/capabilities' })).json<Static<typeof capabilities>>()
      expect([...Compile(capabilities).Errors(answer)]).toEqual([])
      const { source, manifest_path, beads_read_only, profile } = answer
      return { source, manifest_path, beads_read_only, surfaces: profile.surfaces }
    }
    const source = { kind: 'url', display: 'mysql://root@127.0.0.1:3307/gemba', readonly: false }
    const ledger = { manifest_path: '.gemba/session-manifest.jsonl' }
    const writable = await told(new BeadsOnlyDouble())
    expect(writable).toMatchObject({ source, ...ledger, beads_read_only: false })
    expect(writable.surfaces).toContain('authoring')
    const asked = await told(new BeadsOnlyDouble(true))
    expect(asked).toMatchObject({ source: { ...source, readonly: true }, ...ledger, beads_read_only: true })
    expect(asked.surfaces).not.toContain('authoring')
    const unchosen = new BeadsOnlyDouble()
    unchosen.chosen = null
    expect(await told(unchosen)).toMatchObject({ source: null, ...ledger })
  })

  it('tells in the capabilities that the source itself is read-only', async () => {
    const api = await testApi({ mode: new BeadsOnlyDouble() })
    const manifest = await api.work.manifest()
    api.work.manifest = async () => ({ ...manifest, readOnly: true, readOnlyReason: 'the login may only read' })
    const answer = (await api.call({ url: '/api/v1/capabilities' })).json<Static<typeof capabilities>>()
    expect(answer).toMatchObject({ source: { readonly: true }, beads_read_only: false })
  })

  it('tells of a source that does not answer what it said last, and nothing of the one before', async () => {
    const mode = new BeadsOnlyDouble()
    const api = await testApi({ mode })
    const told = async () => (await api.call({ url: '/api/v1/capabilities' })).json<{ workPlane: unknown }>().workPlane
    expect(await told()).toMatchObject({ prefix: 'gm' })
    const answer = api.work.manifest.bind(api.work)
    api.work.manifest = () => Promise.reject(new Error('away'))
    expect(await told()).toMatchObject({ prefix: 'gm' })
    mode.source = 's2'
    expect(await told()).toBeNull()
    // The answer of the former one comes late.
    api.work.manifest = async () => {
      mode.source = 's3'
      return answer()
    }
    expect(await told()).toBeNull()
  })

  it('answers with the status of its mode under the names of the seed', async () => {
    const api = await testApi({ mode: new BeadsOnlyDouble() })
    const answer = await api.call({ method: 'GET', url: '/api/v1/status' })
    expect(answer.json()).toMatchObject({
      mode: 'beads_only',
      source: { kind: 'url', display: 'mysql://root@127.0.0.1:3307/gemba', readonly: false },
      project_required: false,
      orchestration_required: false,
      manifest_path: '.gemba/session-manifest.jsonl',
      beads_read_only: false,
    })
  })

  it.each([
    ['GET', '/sessions'],
    ['GET', '/sessions/s1'],
    ['GET', '/escalations'],
    ['GET', '/hosts'],
    ['GET', '/parked'],
    ['POST', '/dispatch'],
    ['POST', '/beads/gm-1/unpark'],
    ['POST', '/sessions/s1/end'],
    ['GET', '/walk'],
    ['POST', '/walks/1/start'],
    ['GET', '/review?bead=gm-1'],
    ['PUT', '/triage/gm-1'],
    ['POST', '/cascades'],
    ['POST', '/setup'],
  ] as const)('refuses %s %s with a code', async (method, path) => {
    const api = await testApi({ mode: new BeadsOnlyDouble() })
    const url = `/api/v1${path}`
    const answer = method === 'GET' ? await api.call({ method, url }) : await api.change(method, url, {})
    expect([answer.statusCode, codeOf(answer)]).toEqual([409, 'unavailable_in_mode'])
  })

  it('has nothing else at addresses that lead nowhere in any mode', async () => {
    const [api, full] = [await testApi({ mode: new BeadsOnlyDouble() }), await testApi()]
    expect(codeOf(await api.call({ url: '/api/v1/walkers' }))).toBe('not_found')
    expect(codeOf(await api.call({ url: '/walk' }))).toBe('not_found')
    for (const url of ['/api/v1/walk', '/api/v1/cascades', '/api/v1/setup']) {
      expect(codeOf(await full.call({ url }))).toBe('not_found')
    }
  })

  it('moves a bead to In Progress as an edit, and starts nothing', async () => {
    const api = await testApi({ mode: new BeadsOnlyDouble() })
    api.work.put('gm-1')
    const answer = await api.change('PATCH', '/api/v1/beads/gm-1', { status: 'in_progress' })
    expect([answer.statusCode, answer.json<{ status: string }>().status]).toEqual([200, 'in_progress'])
    expect(api.commands.calls).toEqual([])
  })

  it('refuses a change that was meant for another source, and a nonce of before', async () => {
    const mode = new BeadsOnlyDouble()
    const api = await testApi({ mode })
    api.work.put('gm-1')
    const change = { method: 'PATCH' as const, url: '/api/v1/beads/gm-1', payload: { title: 'x' } }
    const nonce = await api.nonce('PATCH', change.url, change.payload)
    const headers = { 'x-gemba-confirm': nonce }
    const other = await api.call({ ...change, headers: { ...headers, 'x-gemba-source': 's0' } })
    expect([other.statusCode, codeOf(other)]).toEqual([409, 'source_changed'])
    mode.source = 's2'
    expect(codeOf(await api.call({ ...change, headers }))).toBe('nonce_mismatch')
    expect(api.work.writes).toBe(0)
  })

  it('takes another source, and answers a check with what it found', async () => {
    const mode = new BeadsOnlyDouble()
    const api = await testApi({ mode })
    const folder = { kind: 'worktree', folder: '/work', initialise: true } as const
    expect((await api.change('POST', '/api/v1/status/source', folder)).statusCode).toBe(200)
    expect(mode.selected).toEqual([folder])
    expect((await api.change('POST', '/api/v1/status/check')).statusCode).toBe(200)
    expect(mode.checks).toBe(1)
    const remote = { name: 'origin', url: 'file:///backup' }
    expect((await api.change('POST', '/api/v1/status/remote', remote)).statusCode).toBe(200)
    expect(mode.remotes).toEqual([remote])
  })

  it.each([{ kind: 'url' }, { kind: 'worktree', url: 'mysql://x/y' }, { kind: 'project', folder: '/x' }])(
    'refuses a source that is none: %j',
    async (source) => {
      const mode = new BeadsOnlyDouble()
      const api = await testApi({ mode })
      expect((await api.change('POST', '/api/v1/status/source', source)).statusCode).toBe(400)
      expect(mode.selected).toEqual([])
    },
  )
})
