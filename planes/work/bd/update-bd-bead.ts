import { sessionOfHolder, type BeadDetail, type BeadPatch } from '../../../model/bead.ts'
import type { Write } from '../../../model/work-plane.ts'
import { actorName, requireNoTemplate } from '../bead-change.ts'
import { checkLabels, type Columns } from '../fields.ts'
import type { IssueRow } from '../rows.ts'
import type { ShownBead } from './bd-bead.ts'
import { requireParent } from './bd-edges.ts'
import { checkedColumns, flagsFor, labelFlag, metadataChange, type Flags } from './bd-fields.ts'
import { changeBead, requireAnswer, runWrite, showBeads, type BdSource } from './bd-source.ts'
import { closeShown, requireBdClosable } from './close-bd-bead.ts'

/** Sets what differs, with everything checked before anything is written. `closed` is refused like `close`. */
export function updateBdBead(source: BdSource, id: string, patch: BeadPatch, write: Write): Promise<BeadDetail> {
  return changeBead(source, { operation: 'update', id, write }, async (bead) => {
    requireNoTemplate(bead.row)
    const { columns } = await checkedColumns(source, patch)
    const changed = changedColumns(bead.row, columns)
    const metadata = metadataChange(bead.row, patch.metadata ?? {})
    const parent = await changedParent(source, bead, patch.parent)
    const actor = actorName(write.actor)
    const closing = changed['status'] === 'closed'
    const told = flagsToTell(bead, closing ? without(changed, 'status') : changed, {
      patch,
      metadata: metadata.set,
      parent,
    })
    if (closing) {
      requireBdClosable(bead)
      await closeShown(source, id, { reason: '', actor })
    }
    await tell(source, id, told, actor)
    const unset = metadata.unset.map((key) => `--unset-metadata=${key}`)
    await tell(source, id, { flags: unset, files: {} }, actor)
    return undefined
  })
}

function flagsToTell(
  bead: ShownBead,
  changed: Columns,
  more: {
    readonly patch: BeadPatch
    readonly metadata: Readonly<Record<string, unknown>>
    readonly parent: string | undefined
  },
): Flags {
  const { flags, files } = flagsFor({ ...changed, ...besides(bead.row, changed) })
  const { remove, add } = changedLabels(bead, more.patch)
  const set = Object.keys(more.metadata).length > 0
  const metadata: Record<string, string> = set ? { '--metadata': JSON.stringify(more.metadata) } : {}
  return {
    flags: [
      ...flags,
      ...labelFlag('--remove-label', remove),
      ...labelFlag('--add-label', add),
      ...(more.parent === undefined ? [] : [`--parent=${more.parent}`]),
    ],
    files: { ...files, ...metadata },
  }
}

async function tell(source: BdSource, id: string, { flags, files }: Flags, actor: string): Promise<void> {
  if (flags.length === 0 && Object.keys(files).length === 0) return
  requireAnswer(await runWrite(source, ['update', '--json', ...flags], [id], { actor, files }), id)
}

function changedColumns(row: IssueRow, wanted: Columns): Columns {
  const current: Readonly<Record<string, unknown>> = { ...row }
  const plain = (value: unknown): unknown => (value === '' || value === undefined ? null : value)
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => plain(current[name]) !== plain(value)))
}

/** With a deferral bd changes the status too, unless one is named. What comes back from closed is no session's. */
function besides(row: IssueRow, changed: Columns): Columns {
  const status = changed['status']
  const back = row.status === 'closed' && status !== undefined && changed['assignee'] === undefined
  return {
    ...(changed['defer_until'] !== undefined && status === undefined ? { status: row.status } : {}),
    ...(back && sessionOfHolder(row.assignee) !== undefined ? { assignee: null } : {}),
  }
}

/** What bd is to be told of the parent; empty when it is to have none, undefined when nothing changes. */
async function changedParent(
  source: BdSource,
  bead: ShownBead,
  parent: string | null | undefined,
): Promise<string | undefined> {
  const current = bead.edges.find((edge) => edge.kind === 'parent-child')?.to ?? null
  if (parent === undefined || parent === current) return undefined
  if (parent === null) return ''
  await showBeads(source, [parent])
  requireParent(source, bead.row.id, parent)
  return parent
}

function changedLabels(bead: ShownBead, patch: BeadPatch): { remove: readonly string[]; add: readonly string[] } {
  const remove = checkLabels(patch.removeLabels ?? []).filter((label) => bead.labels.includes(label))
  const add = checkLabels(patch.addLabels ?? [])
  return {
    remove: remove.filter((label) => !add.includes(label)),
    add: add.filter((label) => !bead.labels.includes(label)),
  }
}

function without(columns: Columns, name: string): Columns {
  return Object.fromEntries(Object.entries(columns).filter(([each]) => each !== name))
}
