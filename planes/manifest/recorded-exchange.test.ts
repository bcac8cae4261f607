import { expect, it } from 'vitest'
import type { BeadDetail } from '../../model/bead.ts'
import type { BeadsExchange, ImportRow } from '../../model/exchange.ts'
import type { ManifestDeed } from '../../model/manifest.ts'
import { summaryOf } from '../../model/manifest-words.ts'
import { MemoryWorkPlane } from '../../api/testing/memory-work-plane.ts'
import { recordedExchange } from './recorded-exchange.ts'
import { ada } from './testing/manifests.ts'

const row = (line: number, bead: string, verdict: ImportRow['verdict'], changes: string[] = []): ImportRow => ({
  ...{ file: '', line, kind: 'issues', bead, verdict, changes },
  ...{ reason: 'new', why: '', note: '' },
})

it('records each line that created or changed a bead, and no other', async () => {
  const work = new MemoryWorkPlane()
  const put = (id: string, more: Partial<BeadDetail>): void => void work.put(id, { title: `Do ${id}`, ...more })
  put('gm-1', { type: 'epic' })
  put('gm-2', { notes: 'n', status: 'closed' })
  put('gm-3', {})
  const rows = [
    row(1, 'gm-1', 'created'),
    row(2, 'gm-2', 'updated', ['notes', 'status', 'updated_at']),
    row(3, 'gm-3', 'skipped'),
    row(4, 'gm-gone', 'created'),
    row(5, '', 'refused'),
  ]
  const deeds: ManifestDeed[] = []
  const exchange: BeadsExchange = {
    export: () => Promise.resolve(0),
    plan: () => Promise.resolve({ rows, bases: [] }),
    import: async (_, { settled }) => {
      await settled?.(rows)
      return rows
    },
  }
  const recorded = recordedExchange(exchange, work, { record: async (deed) => void deeds.push(deed) })
  await recorded.plan([])
  expect(deeds).toEqual([])
  expect(await recorded.import([], { actor: ada })).toBe(rows)
  expect(deeds.map(({ action, entity, after, actor }) => [action, entity.id, after, actor])).toEqual([
    ['epic.created', 'gm-1', expect.objectContaining({ type: 'epic' }), ada],
    ['work_item.edited', 'gm-2', { notes: 'n', status: 'closed' }, ada],
    // Nobody could say more of it: it was written all the same.
    ['work_item.created', 'gm-gone', {}, ada],
  ])
  expect(deeds.map(summaryOf)).toEqual([
    'Created the epic gm-1.',
    'Edited the notes and status of gm-2.',
    'Created gm-gone.',
  ])
})

it('records what was written before an import broke off, and what came to beads that were there', async () => {
  const work = new MemoryWorkPlane()
  for (const id of ['gm-1', 'gm-2']) work.put(id, { title: `Do ${id}` })
  const hanging = (bead: string, kind: ImportRow['kind'], verdict: ImportRow['verdict'] = 'created'): ImportRow => ({
    ...row(1, bead, verdict),
    kind,
  })
  const steps = [
    [row(1, 'gm-1', 'created'), row(2, 'gm-2', 'skipped')],
    [hanging('gm-1', 'labels'), hanging('gm-2', 'labels'), hanging('gm-2', 'labels')],
    [hanging('gm-1', 'dependencies'), hanging('gm-2', 'dependencies'), hanging('gm-2', 'comments', 'refused')],
  ]
  const deeds: ManifestDeed[] = []
  const told: (readonly ImportRow[])[] = []
  const exchange: BeadsExchange = {
    export: () => Promise.resolve(0),
    plan: () => Promise.resolve({ rows: [], bases: [] }),
    import: async (_, { settled }) => {
      for (const rows of steps) await settled?.(rows)
      throw new Error('the server went away')
    },
  }
  const recorded = recordedExchange(exchange, work, { record: async (deed) => void deeds.push(deed) })
  const broken = recorded.import([], { actor: ada, settled: (rows) => void told.push(rows) })
  await expect(broken).rejects.toThrow('the server went away')
  expect(deeds.map(summaryOf)).toEqual([
    'Created gm-1.',
    'Edited the labels of gm-2.',
    'Changed the dependencies of gm-2.',
  ])
  expect(told).toEqual(steps)
})
