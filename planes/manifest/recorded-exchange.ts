import type { BeadDetail, BeadSummary } from '../../model/bead.ts'
import type { BeadsExchange, ImportRow } from '../../model/exchange.ts'
import type { SessionManifest } from '../../model/manifest.ts'
import type { WorkPlane } from '../../model/work-plane.ts'
import { createdAs, entityOf, type BeadDeed } from './bead-deeds.ts'

type Ledger = Pick<SessionManifest, 'record'>
type Looks = Pick<WorkPlane, 'get' | 'summaries'>

const chunk = 200

/** Columns by their names in the manifest, and how a bead tells them. */
const fields: Readonly<Record<string, readonly [name: string, field: keyof BeadDetail]>> = {
  title: ['title', 'title'],
  description: ['description', 'description'],
  design: ['design', 'design'],
  acceptance_criteria: ['acceptance', 'acceptance'],
  notes: ['notes', 'notes'],
  status: ['status', 'status'],
  priority: ['priority', 'priority'],
  issue_type: ['type', 'type'],
  assignee: ['assignee', 'assignee'],
  external_ref: ['external_ref', 'externalRef'],
  estimated_minutes: ['estimated_minutes', 'estimatedMinutes'],
  due_at: ['due_at', 'dueAt'],
  defer_until: ['defer_until', 'deferUntil'],
  metadata: ['metadata', 'metadata'],
}

/**
 * The same exchange, whose imports are recorded step by step, so that what was written is recorded also when the import
 * breaks off: an entry for each bead that a line created or changed, and for what came to one that was there. Looks that
 * fail never fail the import: the entry then tells no more than the line does.
 */
export function recordedExchange(exchange: BeadsExchange, work: Looks, ledger: Ledger): BeadsExchange {
  return {
    export: (format, write) => exchange.export(format, write),
    plan: (texts, options) => exchange.plan(texts, options),
    import(texts, options) {
      const made = new Set<string>()
      const settled = async (rows: readonly ImportRow[]): Promise<void> => {
        const deeds = await deedsOf(rows, made, work)
        await Promise.all(deeds.map((deed) => ledger.record({ ...deed, actor: options.actor })))
        await options.settled?.(rows)
      }
      return exchange.import(texts, { ...options, settled })
    },
  }
}

async function deedsOf(rows: readonly ImportRow[], made: Set<string>, work: Looks): Promise<BeadDeed[]> {
  const taken = rows.filter(({ verdict, bead }) => bead !== '' && (verdict === 'created' || verdict === 'updated'))
  const beads = await lookUp([...new Set(taken.map(({ bead }) => bead))], work)
  const deeds: Promise<BeadDeed | undefined>[] = []
  const told = new Set<string>()
  for (const row of taken) {
    const { kind, bead, verdict } = row
    if (kind === 'config' || kind === 'unknown' || (kind !== 'issues' && made.has(bead))) continue
    const once = `${kind} ${bead}`
    if (told.has(once)) continue
    told.add(once)
    if (kind === 'issues' && verdict === 'created') made.add(bead)
    deeds.push(deedOf(row, kind, beads.get(bead), work))
  }
  return (await Promise.all(deeds)).filter((deed) => deed !== undefined)
}

async function lookUp(ids: readonly string[], work: Looks): Promise<ReadonlyMap<string, BeadSummary>> {
  const found = new Map<string, BeadSummary>()
  for (let start = 0; start < ids.length; start += chunk) {
    const some = await work.summaries(ids.slice(start, start + chunk)).catch(() => [])
    for (const bead of some) found.set(bead.id, bead)
  }
  return found
}

type Recorded = Exclude<ImportRow['kind'], 'config' | 'unknown'>

async function deedOf(row: ImportRow, kind: Recorded, bead: BeadSummary | undefined, work: Looks): Promise<BeadDeed> {
  const entity = bead === undefined ? ({ type: 'bead', id: row.bead, title: '' } as const) : entityOf(bead)
  if (kind === 'issues' && row.verdict === 'created') {
    // Its labels, which may say in which lane it stands, come in a later step.
    const after = bead === undefined ? {} : createdFields(bead)
    return { action: createdAs[entity.type] ?? 'work_item.created', entity, before: {}, after }
  }
  if (kind === 'dependencies') return { action: 'dependency.changed', entity, before: {}, after: {} }
  // A line does not tell which of the labels or comments are new.
  if (kind !== 'issues') return { action: 'work_item.edited', entity, before: {}, after: { [kind]: null } }
  const detail = bead === undefined ? undefined : await work.get(row.bead).catch(() => undefined)
  return { action: 'work_item.edited', entity, before: {}, after: changedFields(row, detail) }
}

function createdFields({ title, type, status, priority }: BeadSummary): BeadDeed['after'] {
  return { title, type, status, priority }
}

function changedFields({ changes }: ImportRow, detail: BeadDetail | undefined): BeadDeed['after'] {
  const known = changes.flatMap((column) => {
    const field = fields[column]
    return field === undefined ? [] : [[field[0], detail?.[field[1]] ?? null] as const]
  })
  return Object.fromEntries(known)
}
