import { isJsonObject, parseJsonObject, type JsonObject } from '../../model/json.ts'
import { manifestActions, type ManifestAction, type ManifestEntity, type ManifestEntry } from '../../model/manifest.ts'
import { summaryOf } from '../../model/manifest-words.ts'
import type { ModeSource } from '../../model/mode.ts'
import { plainLine, plainText } from '../../model/plain-text.ts'

/** Bytes of a line that is written. */
export const longestWritten = 32 * 1024
/** Bytes of a line that is read; others may write longer ones than we do. */
export const longestRead = 64 * 1024
/** Characters that are kept of a long text, and what is tried when the line is too long with them. */
const cuts = [1_000, 200, 40] as const
const mostItems = 100
const deepest = 5

/** An entry as its line, without the end. Long texts are cut and say how long they were. */
export function lineOf(entry: ManifestEntry): string {
  for (const cut of cuts) {
    const line = JSON.stringify({
      ...entry,
      before: shortened(entry.before, cut),
      after: shortened(entry.after, cut),
    })
    if (Buffer.byteLength(line) <= longestWritten) return line
  }
  return JSON.stringify({ ...entry, before: {}, after: {} })
}

/** The entry that a line holds, its texts made harmless; else why it holds none. Unknown fields are left out. */
export function entryOf(line: string): ManifestEntry | { readonly why: string } {
  const value = parseJsonObject(line)
  if (value === undefined) return { why: 'it is not a whole JSON object' }
  const action = manifestActions.find((each) => each === value['action'])
  const source = sourceOf(value['source'])
  const entity = entityOf(value['entity'])
  const { event_id: id, actor, mode } = value
  const at = typeof value['occurred_at'] === 'string' ? new Date(value['occurred_at']) : undefined
  if (typeof id !== 'string' || id === '' || id.length > 128) return { why: 'it has no event_id' }
  if (at === undefined || Number.isNaN(at.getTime())) return { why: 'its occurred_at is not a time' }
  if (typeof actor !== 'string') return { why: 'it has no actor' }
  if (mode !== 'beads_only') return { why: 'its mode is not beads_only' }
  if (action === undefined) return { why: 'its action is not a known one' }
  if (source === undefined) return { why: 'its source is not a Beads source' }
  if (entity === undefined) return { why: 'its entity is not a bead, epic, milestone, decision or source' }
  return {
    event_id: plainLine(id, 128),
    occurred_at: at.toISOString(),
    actor: plainLine(actor, 255),
    mode,
    source,
    action,
    entity,
    ...details(value, action, entity),
  }
}

function details(
  value: JsonObject,
  action: ManifestAction,
  entity: ManifestEntity,
): Pick<ManifestEntry, 'before' | 'after' | 'summary'> {
  const before = harmless(isJsonObject(value['before']) ? value['before'] : {})
  const after = harmless(isJsonObject(value['after']) ? value['after'] : {})
  const { summary } = value
  const told = typeof summary === 'string' && summary !== '' ? summary : summaryOf({ action, entity, before, after })
  return { before, after, summary: plainLine(told, 2_000) }
}

function sourceOf(value: unknown): ModeSource | undefined {
  if (!isJsonObject(value)) return undefined
  const kind = (['url', 'worktree', 'beads_dir', 'project'] as const).find((each) => each === value['kind'])
  const { display } = value
  return kind === undefined || typeof display !== 'string' ? undefined : { kind, display: plainLine(display, 2_000) }
}

function entityOf(value: unknown): ManifestEntity | undefined {
  if (!isJsonObject(value)) return undefined
  const types = ['bead', 'epic', 'milestone', 'decision', 'source'] as const
  const type = types.find((each) => each === value['type'])
  const { id, title } = value
  if (type === undefined || typeof id !== 'string' || typeof title !== 'string') return undefined
  return { type, id: plainLine(id, 255), title: plainLine(title, 500) }
}

function harmless(fields: JsonObject): JsonObject {
  return mapped(fields, (text) => plainText(text, 4_000), deepest) as JsonObject
}

function shortened(fields: JsonObject, cut: number): JsonObject {
  const short = (text: string): string =>
    text.length <= cut + 40
      ? text
      : `${text.slice(0, cut).replace(/[\ud800-\udbff]$/, '')}… (${text.length} characters)`
  return mapped(fields, short, deepest) as JsonObject
}

/** The value with each text in it replaced; what is too deep or too much is left out. */
function mapped(value: unknown, text: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return text(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return '…'
  if (Array.isArray(value)) return value.slice(0, mostItems).map((each) => mapped(each, text, depth - 1))
  const kept = Object.entries(value).slice(0, mostItems)
  return Object.fromEntries(kept.map(([key, each]) => [text(key), mapped(each, text, depth - 1)]))
}
