import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MemoryWorkPlane } from '../../api/testing/memory-work-plane.ts'
import { GembaError } from '../../model/error.ts'
import type { ManifestEntry } from '../../model/manifest.ts'
import { readOnlyWorkPlane } from '../work/read-only-work-plane.ts'
import { recordedWorkPlane } from './recorded-work-plane.ts'
import { ada, folder, manifestAt } from './testing/manifests.ts'

const write = { actor: ada }

async function bench() {
  const work = new MemoryWorkPlane()
  work.put('gm-1', { title: 'BOM-1: One', labels: ['staged:true'] })
  work.put('gm-2', { title: 'Two' })
  const manifest = await manifestAt(join(folder(), 'm.jsonl'))
  const recorded = recordedWorkPlane(work, manifest)
  const entries = async (): Promise<ManifestEntry[]> => [...(await manifest.page({ limit: 50 })).items].reverse()
  return { work, manifest, recorded, entries }
}

test('each kind of change is one entry of its own', async () => {
  const { work, recorded, entries } = await bench()
  await recorded.create({ title: 'A task' }, write)
  await recorded.update('gm-1', { status: 'in_progress', removeLabels: ['staged:true'] }, write)
  await recorded.update('gm-2', { title: 'Three' }, write)
  await recorded.close('gm-2', { reason: 'Enough' }, write)
  await recorded.reopen('gm-2', { reason: '' }, write)
  await recorded.addDependency('gm-2', 'gm-1', 'blocks', write)
  await recorded.removeDependency('gm-2', 'gm-1', write)
  await recorded.comment('gm-2', 'Looks good', write)
  await recorded.delete('gm-2', write)
  expect(work.beads.has('gm-2')).toBe(false)
  const told = await entries()
  expect(told.map(({ action, before, after }) => ({ action, before, after }))).toEqual([
    {
      action: 'work_item.created',
      before: {},
      after: { title: 'A task', type: 'task', state_category: 'unstarted' },
    },
    {
      action: 'work_item.state_changed',
      before: { state_category: 'staged' },
      after: { state_category: 'started' },
    },
    { action: 'work_item.edited', before: { title: 'Two' }, after: { title: 'Three' } },
    {
      action: 'work_item.state_changed',
      before: { state_category: 'unstarted' },
      after: { state_category: 'completed', close_reason: 'Enough' },
    },
    {
      action: 'work_item.state_changed',
      before: { state_category: 'completed' },
      after: { state_category: 'unstarted' },
    },
    { action: 'dependency.changed', before: {}, after: { depends_on: 'gm-1', kind: 'blocks' } },
    { action: 'dependency.changed', before: { depends_on: 'gm-1', kind: 'blocks' }, after: {} },
    { action: 'work_item.edited', before: {}, after: { comment: 'Looks good' } },
    {
      action: 'work_item.deleted',
      before: { title: 'Three', type: 'task', state_category: 'unstarted' },
      after: {},
    },
  ])
  expect(told.map(({ summary }) => summary).slice(1)).toEqual([
    'Moved BOM-1 from Staged to In Progress.',
    'Renamed "Two" to "Three".',
    'Moved gm-2 from Next Up to Done.',
    'Moved gm-2 from Done to Next Up.',
    'Made gm-2 depend on gm-1.',
    'Removed the dependency of gm-2 on gm-1.',
    'Commented on gm-2.',
    'Deleted gm-2.',
  ])
  expect(new Set(told.map(({ actor }) => actor))).toEqual(new Set(['ada']))
})

test('a write that fails is no entry, nor one that changes nothing', async () => {
  const { work, recorded, entries } = await bench()
  for (const failure of [
    new GembaError('bead_close_refused'),
    new GembaError('work_plane_unavailable'),
    new Error('?'),
  ]) {
    work.failure = failure
    await expect(recorded.close('gm-1', { reason: '' }, write)).rejects.toBe(failure)
    work.failure = failure
    await expect(recorded.create({ title: 'x' }, write)).rejects.toBe(failure)
  }
  await expect(recorded.update('gm-9', { title: 'x' }, write)).rejects.toMatchObject({ code: 'bead_not_found' })
  await expect(recorded.update('gm-1', { title: 'x' }, { ...write, ifMatch: 'old' })).rejects.toMatchObject({
    code: 'bead_changed',
  })
  await recorded.update('gm-1', { title: 'BOM-1: One', priority: 2 }, write)
  await recorded.reopen('gm-1', { reason: 'again' }, write)
  await recorded.removeDependency('gm-1', 'gm-2', write)
  expect(await entries()).toEqual([])
})

test('a write that is repeated by its key is one entry, and two writes with keys are two', async () => {
  const { recorded, entries } = await bench()
  for (const key of ['n1', 'n1', 'n2']) await recorded.comment('gm-1', 'Hm', { ...write, key })
  await recorded.update('gm-1', { title: 'a' }, { ...write, key: 'n3' })
  await recorded.update('gm-2', { title: 'b' }, { ...write, key: 'n3' })
  expect((await entries()).map(({ entity }) => entity.id)).toEqual(['gm-1', 'gm-1', 'gm-1', 'gm-2'])
})

test('a write that took effect and whose end was lost is recorded by its repeat', async () => {
  const { work, recorded, entries } = await bench()
  const lost = new GembaError('work_plane_unavailable', { why: 'the connection was lost' })
  const update = work.update.bind(work)
  work.update = async (...args) => {
    work.update = update
    await update(...args)
    throw lost
  }
  const again = { ...write, key: 'n1' }
  await expect(recorded.update('gm-2', { title: 'Three' }, again)).rejects.toBe(lost)
  expect(await entries()).toEqual([])
  await recorded.update('gm-2', { title: 'Three' }, again)
  expect(await entries()).toMatchObject([{ before: { title: 'Two' }, after: { title: 'Three' } }])
})

test('an edit is told by the fields that it named, not by what others wrote in the same moment', async () => {
  const { work, recorded, entries } = await bench()
  work.before = async () => {
    work.before = async () => undefined
    work.put('gm-2', { title: 'Two', priority: 0 })
  }
  await recorded.update('gm-2', { title: 'Three' }, write)
  expect(await entries()).toMatchObject([{ before: { title: 'Two' }, after: { title: 'Three' } }])
  expect((await entries())[0]?.after).not.toHaveProperty('priority')
})

test('read-only refuses each change before the source hears of it, and nothing is recorded', async () => {
  const { work, manifest, entries } = await bench()
  const readOnly = recordedWorkPlane(readOnlyWorkPlane(work, 'Gemba was started with `--beads-read-only`'), manifest)
  const changes = [
    readOnly.create({ title: 'x' }, write),
    readOnly.update('gm-1', { status: 'in_progress' }, write),
    readOnly.close('gm-1', { reason: '' }, write),
    readOnly.reopen('gm-1', { reason: '' }, write),
    readOnly.delete('gm-1', write),
    readOnly.addDependency('gm-1', 'gm-2', 'blocks', write),
    readOnly.removeDependency('gm-1', 'gm-2', write),
    readOnly.comment('gm-1', 'x', write),
    readOnly.claim('gm-1', 'ada', write),
    readOnly.release('gm-1', 'ada', write),
  ]
  for (const change of changes) await expect(change).rejects.toMatchObject({ code: 'read_only', status: 403 })
  expect(work.writes).toBe(0)
  expect(await entries()).toEqual([])
  expect(await readOnly.get('gm-1')).toMatchObject({ state: 'staged' })
  expect(await readOnly.manifest()).toMatchObject({
    readOnly: true,
    readOnlyReason: 'Gemba was started with `--beads-read-only`',
  })
})
