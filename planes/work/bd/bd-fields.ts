import type { BeadPatch } from '../../../model/bead.ts'
import { GembaError } from '../../../model/error.ts'
import { columnsOf, invalid, mergeMetadata, type Columns } from '../fields.ts'
import { metadataOf, type IssueRow } from '../rows.ts'
import type { Words } from '../configured-words.ts'
import type { BdSource } from './bd-source.ts'

/** Flags of `bd create` and `bd update`, and texts for its flags that name files. */
export interface Flags {
  readonly flags: readonly string[]
  readonly files: Readonly<Record<string, string>>
}

/** By column: the flag that sets it. */
const flagOf: Readonly<Record<string, string>> = {
  title: '--title',
  status: '--status',
  issue_type: '--type',
  priority: '--priority',
  assignee: '--assignee',
  external_ref: '--external-ref',
  estimated_minutes: '--estimate',
  due_at: '--due',
  defer_until: '--defer',
  description: '--description',
  design: '--design',
  acceptance_criteria: '--acceptance',
  notes: '--notes',
}
const fileFlagOf: Readonly<Record<string, string>> = { description: '--body-file', design: '--design-file' }

/** Checks the fields as every plane does; `bead_invalid` names the one. Words that are new are read again first. */
export async function checkedColumns(source: BdSource, patch: BeadPatch): Promise<{ columns: Columns; words: Words }> {
  const words = await source.words()
  try {
    return { columns: columnsOf(patch, words), words }
  } catch (error) {
    if (!(error instanceof GembaError) || (patch.status ?? patch.type) === undefined) throw error
    const fresh = await source.words(true)
    return { columns: columnsOf(patch, fresh), words: fresh }
  }
}

/** How bd is told of columns. Long texts go by file where it has a flag for that; what is cleared, by an empty value. */
export function flagsFor(columns: Columns): Flags {
  const flags: string[] = []
  const files: Record<string, string> = {}
  for (const [column, value] of Object.entries(columns)) {
    const flag = flagOf[column]
    if (flag === undefined) continue
    const file = fileFlagOf[column]
    if (file !== undefined && typeof value === 'string' && value !== '') files[file] = value
    else flags.push(`${flag}=${wordFor(column, value)}`)
  }
  return { flags, files }
}

/** The flag with a list of labels, which bd reads as one line of CSV. */
export function labelFlag(flag: string, labels: readonly string[]): string[] {
  if (labels.length === 0) return []
  return [`${flag}=${labels.map((label) => `"${label.replaceAll('"', '""')}"`).join(',')}`]
}

/** The keys to set and to remove so that the row's metadata becomes what the patch makes of it. */
export function metadataChange(
  row: IssueRow,
  patch: Readonly<Record<string, unknown>>,
): { readonly set: Readonly<Record<string, unknown>>; readonly unset: readonly string[] } {
  const before = metadataOf(row)
  const { value } = mergeMetadata(before, patch)
  const differs = (key: string): boolean => JSON.stringify(before[key]) !== JSON.stringify(value[key])
  return {
    set: Object.fromEntries(Object.entries(value).filter(([key]) => differs(key))),
    unset: Object.keys(before).filter((key) => !(key in value)),
  }
}

function wordFor(column: string, value: Columns[string]): string {
  if (value === null) {
    if (column === 'estimated_minutes') throw invalid('estimatedMinutes can not be cleared through bd; set 0')
    return ''
  }
  const isTime = column === 'due_at' || column === 'defer_until'
  return isTime ? `${String(value).replace(' ', 'T')}Z` : String(value)
}
