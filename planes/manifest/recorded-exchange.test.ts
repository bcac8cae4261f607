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
    import: () => Promise.resolve(rows),
  }
  const recorded = recordedExchange(exchange, work, { record: async (deed) => void deeds.push(deed) })
  await recorded.plan([])
  expect(deeds).toEqual([])
  expect(await recorded.import([], { actor: ada })).toBe(rows)
  expect(deeds.map(({ action, entity, after, actor }) => [action, entity.id, after, actor])).toEqual([
    ['epic.created', 'gm-1', expect.objectContaining({ type: 'epic' }), ada],
    ['work_item.edited', 'gm-2', { notes: 'n', status: 'closed' }, ada],
  ])
  expect(deeds.map(summaryOf)).toEqual(['Created the epic gm-1.', 'Edited the notes and status of gm-2.'])
})
