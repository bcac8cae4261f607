import { limits, type BeadPatch } from '../../model/bead.ts'
import { GembaError } from '../../model/error.ts'
import type { SqlValue } from './database.ts'
import type { Words } from './configured-words.ts'
import { checkTime, sqlTime } from './time.ts'

/** Values for columns of `issues`, by column. */
export type Columns = Readonly<Record<string, SqlValue>>

const texts = {
  description: 'description',
  design: 'design',
  acceptance: 'acceptance_criteria',
  notes: 'notes',
} as const

/**
 * Checks what a person wants to set, and names its columns. Beads makes these checks in its code; the database itself
 * would take nearly anything. `bead_invalid` names the field. `metadata` is merged by the caller.
 */
export function columnsOf(patch: BeadPatch, words: Words): Columns {
  const columns: Record<string, SqlValue> = {}
  if (patch.title !== undefined) columns['title'] = checkTitle(patch.title)
  for (const [field, column] of Object.entries(texts) as [keyof typeof texts, string][]) {
    const text = patch[field]
    if (text !== undefined) columns[column] = checkText(field, text)
  }
  if (patch.status !== undefined) columns['status'] = checkWord('status', patch.status, words.statuses)
  if (patch.type !== undefined) columns['issue_type'] = checkWord('type', patch.type, words.types)
  if (patch.priority !== undefined) columns['priority'] = checkInteger('priority', patch.priority, 4)
  if (patch.assignee !== undefined) columns['assignee'] = checkName('assignee', patch.assignee)
  if (patch.externalRef !== undefined) columns['external_ref'] = checkName('externalRef', patch.externalRef)
  if (patch.estimatedMinutes !== undefined) {
    const minutes = patch.estimatedMinutes
    columns['estimated_minutes'] = minutes === null ? null : checkInteger('estimatedMinutes', minutes, 2 ** 31 - 1)
  }
  if (patch.dueAt !== undefined) columns['due_at'] = timeColumn('dueAt', patch.dueAt)
  if (patch.deferUntil !== undefined) columns['defer_until'] = timeColumn('deferUntil', patch.deferUntil)
  return columns
}

/** The text, when it fits a Dolt `text` column. */
export function checkText(field: string, text: string): string {
  checkCharacters(field, text)
  if (Buffer.byteLength(text) <= limits.text) return text
  throw invalid(`${field} is longer than ${limits.text} bytes`)
}

/** Labels, trimmed and without repeats. */
export function checkLabels(labels: readonly string[]): string[] {
  const trimmed = labels.map((label) => label.trim())
  for (const label of trimmed) {
    checkCharacters('labels', label)
    if (label === '' || [...label].length > limits.label)
      throw invalid(`labels must have 1 to ${limits.label} characters`)
  }
  return [...new Set(trimmed)].sort()
}

/** `before` with the top-level keys of `patch`, as bd merges them; a key set to null goes. */
export function mergeMetadata(
  before: Readonly<Record<string, unknown>>,
  patch: Readonly<Record<string, unknown>>,
): { readonly value: Readonly<Record<string, unknown>>; readonly json: string } {
  const merged = { ...before, ...patch }
  const value = Object.fromEntries(Object.entries(merged).filter(([, each]) => each !== null && each !== undefined))
  return { value, json: checkText('metadata', JSON.stringify(value)) }
}

export function invalid(why: string): GembaError {
  return new GembaError('bead_invalid', { why })
}

/** What would come back as something else. */
function checkCharacters(field: string, text: string): void {
  if (text.includes('\0')) throw invalid(`${field} holds a NUL character`)
  if (!text.isWellFormed()) throw invalid(`${field} holds half a character (a lone surrogate)`)
}

function checkTitle(title: string): string {
  checkCharacters('title', title)
  const bytes = Buffer.byteLength(title)
  if (title.trim() === '' || bytes > limits.title) throw invalid(`title must have 1 to ${limits.title} bytes`)
  return title
}

function checkWord(field: string, word: string, known: readonly string[]): string {
  if (known.includes(word)) return word
  throw invalid(`${field} must be one of ${known.join(', ')}`)
}

function checkInteger(field: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value
  throw invalid(`${field} must be a whole number from 0 to ${most}`)
}

function checkName(field: string, name: string | null): string | null {
  if (name === null || name === '') return null
  checkCharacters(field, name)
  if ([...name].length <= 255) return name
  throw invalid(`${field} is longer than 255 characters`)
}

function timeColumn(field: string, time: string | null): string | null {
  return time === null ? null : sqlTime(checkTime(field, time))
}
