import type { Actor } from '../../model/actor.ts'
import type { BeadDetail, BeadSummary } from '../../model/bead.ts'
import type { BeadsExchange, ImportRow } from '../../model/exchange.ts'
import { importLines, type ImportLine } from '../../model/import-lines.ts'
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
 * The same exchange, whose imports are recorded: one entry for each line that created or changed a bead. What can not be
 * looked up again after the import is left out of the record, and never fails the import.
 */
export function recordedExchange(exchange: BeadsExchange, work: Looks, ledger: Ledger): BeadsExchange {
  return {
    export: (format, write) => exchange.export(format, write),
    plan: (texts, options) => exchange.plan(texts, options),
    async import(texts, options) {
      const rows = await exchange.import(texts, options)
      await record(rows, options.actor, work, ledger)
      return rows
    },
  }
}

async function record(rows: readonly ImportRow[], actor: Actor, work: Looks, ledger: Ledger): Promise<void> {
  const lines = importLines(rows).filter(({ verdict, bead }) => bead !== '' && /^(created|updated)$/.test(verdict))
  for (let start = 0; start < lines.length; start += chunk) {
    const some = lines.slice(start, start + chunk)
    const found = await work.summaries(some.map(({ bead }) => bead)).catch(() => [])
    const beads = new Map(found.map((bead) => [bead.id, bead]))
    const deeds = await Promise.all(some.map((line) => deedOf(line, beads.get(line.bead), work)))
    await Promise.all(deeds.flatMap((deed) => (deed === undefined ? [] : [ledger.record({ ...deed, actor })])))
  }
}

async function deedOf(line: ImportLine, bead: BeadSummary | undefined, work: Looks): Promise<BeadDeed | undefined> {
  if (bead === undefined) return undefined
  const entity = entityOf(bead)
  if (line.verdict === 'created') {
    const { type, title, status, priority, state } = bead
    const after = { title, type, status, priority, state_category: state }
    return { action: createdAs[type] ?? 'work_item.created', entity, before: {}, after }
  }
  const detail = await work.get(line.bead).catch(() => undefined)
  const known = line.changes.flatMap((column) => {
    const field = fields[column]
    return field === undefined ? [] : [[field[0], detail?.[field[1]] ?? null] as const]
  })
  return { action: 'work_item.edited', entity, before: {}, after: Object.fromEntries(known) }
}
