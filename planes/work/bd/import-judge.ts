import type { Comment } from '../../../model/bead.ts'
import { checkLabels, checkText, invalid } from '../fields.ts'
import { judgeVersion, withoutSession } from '../import/bead-version.ts'
import type { Row } from '../import/bulk-insert.ts'
import { circlesAmong, type EdgeCircles } from '../import/edge-circles.ts'
import { edgeRow } from '../import/edge-import.ts'
import { created, refused, skipped, type Judgement } from '../import/importer.ts'
import { issueColumns, issueUpdate, type Column } from '../import/issue-columns.ts'
import { textOf, type Fields, type ImportRecord } from '../import/jsonl-records.ts'
import { timeOf } from '../import/record-time.ts'
import { differingColumns } from '../import/row-difference.ts'
import type { Words } from '../configured-words.ts'
import { isoNow, isoTime, sqlTime } from '../time.ts'
import type { ImportBook } from './import-book.ts'

/** Columns of a bead that is there which `bd import` sets; it leaves all others as they are. */
const taken: ReadonlySet<string> = new Set([
  ...['title', 'description', 'design', 'acceptance_criteria', 'notes', 'status', 'priority', 'issue_type', 'assignee'],
  ...['estimated_minutes', 'updated_at', 'started_at', 'closed_at', 'close_reason', 'external_ref', 'metadata'],
])
/** Of those others, the ones that people set. */
const kept: readonly string[] = ['due_at', 'defer_until', 'spec_id', 'pinned', 'is_template']

/** What a bead has in the database that bd keeps, as far as `bd export` tells it. */
const columns: readonly Column[] = [
  ...named('text', null, 'description', 'design', 'acceptance_criteria', 'notes'),
  ...named('varchar', 500, 'title'),
  ...named('varchar', 255, 'id', 'assignee', 'created_by', 'owner', 'external_ref', 'source_system', 'sender'),
  ...named('varchar', 255, 'actor', 'target', 'await_id'),
  ...named('varchar', 1024, 'spec_id'),
  ...named('varchar', 32, 'status', 'issue_type', 'wisp_type', 'mol_type', 'work_type', 'event_kind', 'await_type'),
  ...named('int', null, 'priority', 'estimated_minutes', 'compaction_level', 'original_size', 'timeout_ns'),
  ...named('tinyint', null, 'ephemeral', 'no_history', 'pinned', 'is_template'),
  ...named('datetime', null, 'created_at', 'updated_at', 'started_at', 'closed_at', 'due_at', 'defer_until'),
  ...named('datetime', null, 'compacted_at'),
  ...named('varchar', 64, 'compacted_at_commit'),
  ...named('json', null, 'metadata'),
  ...named('varchar', 65_535, 'close_reason', 'payload', 'waiters'),
]

/** What the judge of an import into a folder knows. */
export interface JudgeKnows {
  readonly book: ImportBook
  readonly words: Words
  /** Settings that are there, by their keys. */
  readonly config: ReadonlyMap<string, string>
  /** Lines of memories that are taken. */
  readonly memories: object[]
}

/** Judges records one by one; what is taken is in the book then, for those that follow. */
export function judgeFor(knows: JudgeKnows): (record: ImportRecord) => Judgement {
  let circles: EdgeCircles | undefined
  const now = sqlTime(isoNow())
  return ({ kind, fields }) => {
    switch (kind) {
      case 'config':
        return judgeSetting(knows, fields)
      case 'issues':
        return judgeBead(knows, fields, now)
      case 'labels':
        return judgeLabel(knows, fields)
      case 'dependencies':
        circles ??= circlesAmong(knows.book.allEdges())
        return judgeEdge(knows, fields, circles)
      case 'comments':
        return judgeComment(knows, fields)
    }
  }
}

function judgeSetting({ config, memories }: JudgeKnows, fields: Fields): Judgement {
  const [key, value] = [textOf(fields['key']), textOf(fields['value'])]
  const [, memory] = /^kv\.memory\.(.+)$/s.exec(key) ?? []
  if (memory === undefined) return skipped('kept', 'settings of a database that bd keeps are set with `bd config set`')
  if (config.has(key)) return skipped('kept', 'the database has its own value')
  checkText('value', value)
  return created(() => void memories.push({ _type: 'memory', key: memory, value }))
}

function judgeBead({ book, words }: JudgeKnows, line: Fields, now: string): Judgement {
  const existing = book.row(textOf(line['id']))
  const fields = withoutSession(line, existing)
  const { content_hash: _hash, ...row } = issueColumns(fields, columns, words, now)
  const id = textOf(row['id'])
  const type = textOf(row['issue_type'])
  if (existing === undefined) {
    if (words.wispTypes.includes(type)) return skipped('kept', `${type} is kept by bd alone, among its wisps`)
    return created(() => book.putRow(id, withZeros(row)))
  }
  if (existing['ephemeral'] === 1) return skipped('kept', 'a wisp has this id')
  const { content_hash: _digest, ...update } = issueUpdate(fields, row, columns)
  const carried = Object.fromEntries(Object.entries(update).filter(([name]) => taken.has(name)))
  const found = judgeVersion(fields, carried, present(existing), () => book.putRow(id, { ...existing, ...carried }))
  if (found.verdict !== 'updated') return found
  const others = Object.fromEntries(Object.entries(update).filter(([name]) => kept.includes(name)))
  const left = differingColumns(others, existing)
  return left.length === 0 ? found : { ...found, note: `bd leaves as it is: ${left.join(', ')}` }
}

function judgeLabel({ book }: JudgeKnows, fields: Fields): Judgement {
  const bead = textOf(fields['issue_id'])
  const [label = ''] = checkLabels([textOf(fields['label'])])
  if (!book.has(bead)) return refused('invalid', `there is no bead ${bead}`)
  if (book.labels(bead).has(label)) return skipped('same', 'it is there')
  return created(() => book.addLabel(bead, label))
}

function judgeComment({ book }: JudgeKnows, fields: Fields): Judgement {
  const bead = textOf(fields['issue_id'])
  if (!book.has(bead)) return refused('invalid', `there is no bead ${bead}`)
  const text = checkText('text', textOf(fields['text']))
  if (text.trim() === '') throw invalid('text is empty')
  const author = textOf(fields['author']).slice(0, 255)
  const comment: Comment = { id: textOf(fields['id']), author, text, createdAt: isoTime(timeOf(fields)) }
  const isSame = (each: Comment): boolean =>
    each.author === author && each.text === text && each.createdAt === comment.createdAt
  const there = book.comments(bead)
  if (there.some(isSame)) return skipped('same', 'it is there')
  const named = comment.id !== '' && there.some(({ id }) => id === comment.id)
  if (named) return skipped('conflict', 'it is there with another text', { changes: ['text'] })
  return created(() => book.addComment(bead, comment))
}

function judgeEdge({ book }: JudgeKnows, fields: Fields, circles: EdgeCircles): Judgement {
  const from = textOf(fields['issue_id'])
  if (!book.has(from)) return refused('invalid', `there is no bead ${from}`)
  const row = edgeRow(fields, from)
  const [to, kind] = [textOf(row['depends_on_id']), textOf(row['type'])]
  const present = book.edges(from).get(to)
  if (present === kind) return skipped('same', 'it is there')
  if (present !== undefined) {
    return skipped('conflict', `it is there as ${present}, not as ${kind}`, { changes: ['type'], basis: present })
  }
  const isOutside = to.startsWith('external:') && kind !== 'parent-child'
  if (!isOutside && !book.has(to)) {
    return refused('invalid', `there is no bead ${to.slice(0, 80)} that ${kind} names, and bd keeps no edge to nowhere`)
  }
  const edge = { from, to, kind }
  const circle = circles.closedBy(edge)
  if (circle !== undefined) {
    return refused('cycle', `${kind} ${to} would close a circle: ${circle.slice(0, 20).join(' → ')}`)
  }
  const { metadata, thread_id: _thread, ...said } = row
  const note = metadata === '{}' ? '' : `bd does not take over what the edge to ${to} says beside its kind`
  const take = (): void => {
    circles.add(edge)
    book.addEdge(from, { ...said, depends_on_id: to, type: kind })
  }
  return created(take, note)
}

/** A new row has nothing where the line says nothing. */
function withZeros(row: Row): Row {
  const empty = Object.fromEntries(columns.map(({ name }) => [name, null]))
  return { ...empty, ...row }
}

/** What a verdict on a bead rests on: what could be overwritten. */
function present(existing: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...taken].sort().map((name) => [name, existing[name] ?? null]))
}

function named(type: string, characters: number | null, ...names: readonly string[]): Column[] {
  return names.map((name) => ({ name, type, characters, nullable: type === 'text' ? 'NO' : 'YES' }))
}
