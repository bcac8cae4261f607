import { Type } from 'typebox'
import { exportFormats, importReasons, importStates, verdicts } from '../exchange.ts'
import { problem } from './problem.ts'
import { identifier, instant, nullable, parameters, record, words } from './text.ts'

export const exportQuery = parameters({
  format: Type.Optional({
    ...words(exportFormats),
    description:
      '`bd`: as `bd export` writes it (default); `columns`: every column of every row, `_table` names its table.',
  }),
  ticket: Type.Optional(
    Type.String({ maxLength: 100, description: 'What a browser shows where it can send no header.' }),
  ),
})

export const importParams = parameters({ import: identifier })

const verdict = words(verdicts)

export const importStatus = record('BeadsImport', {
  id: Type.String(),
  state: words(importStates),
  done: Type.Integer({ description: 'Rows that are judged or taken; a line may stand for several.' }),
  total: Type.Integer({ description: 'Zero until the text has been read.' }),
  counts: nullable(
    record(
      'VerdictCounts',
      {
        created: Type.Integer(),
        updated: Type.Integer(),
        skipped: Type.Integer(),
        refused: Type.Integer(),
      },
      { description: 'Lines by what becomes of them.' },
    ),
  ),
  problem: nullable(problem),
  expiresAt: instant,
})

export const importLinesQuery = parameters({
  verdict: Type.Optional(verdict),
  q: Type.Optional(Type.String({ maxLength: 200, description: 'Words that bead, field or reason contain.' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Default 200.' })),
  after: Type.Optional(Type.Integer({ minimum: 0, description: '`next` of the page before.' })),
})

const importLine = record('BeadsImportLine', {
  file: Type.String(),
  line: Type.Integer({ description: 'Counted from 1.' }),
  bead: Type.String(),
  verdict,
  reason: words(importReasons),
  why: Type.Array(Type.String(), { description: 'In words.' }),
  changes: Type.Array(Type.String(), { description: 'Columns in which the line and the database differ.' }),
})

export const importLinesPage = record('BeadsImportLines', {
  items: Type.Array(importLine),
  total: Type.Integer({ description: 'How many there are on all pages.' }),
  next: nullable(Type.Integer()),
})
