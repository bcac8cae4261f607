import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { Row, Rows } from './bead-rows.ts'

/** What real `bd` wrote for each scenario. */
export interface RecordedRows {
  /** What `bd version` said. */
  readonly bd: string
  readonly rows: Readonly<Record<string, Rows>>
}

export const recordedFile = new URL('../fixtures/beads/bd-rows.json', import.meta.url)

interface Packed {
  readonly bd: string
  /** By table: the values that most rows have, which the rows below leave out. */
  readonly usual: Rows
  readonly rows: Readonly<Record<string, Rows>>
}

export function readRecorded(): RecordedRows {
  const { bd, usual, rows } = JSON.parse(readFileSync(recordedFile, 'utf8')) as Packed
  const whole = (table: string, row: Row): Row => ({ ...usual[table]?.[0], ...row })
  return { bd, rows: mapped(rows, whole) }
}

/** The file's text, with a line for each scenario. */
export function textOf({ bd, rows }: RecordedRows): string {
  const usual = usualOf(Object.values(rows))
  const short = (table: string, row: Row): Row =>
    Object.fromEntries(
      Object.entries(row).filter(([name, value]) => !isDeepStrictEqual(usual[table]?.[0]?.[name], value)),
    )
  const lines = Object.entries(mapped(rows, short)).map(
    ([name, each]) => `${JSON.stringify(name)}: ${JSON.stringify(each)}`,
  )
  const head = `"bd": ${JSON.stringify(bd)},\n"usual": ${JSON.stringify(usual)},\n`
  return `{\n${head}"rows": {\n${lines.join(',\n')}\n}\n}\n`
}

function mapped(rows: Readonly<Record<string, Rows>>, change: (table: string, row: Row) => Row): Record<string, Rows> {
  const inTables = (each: Rows): Rows =>
    Object.fromEntries(Object.entries(each).map(([table, some]) => [table, some.map((row) => change(table, row))]))
  return Object.fromEntries(Object.entries(rows).map(([name, each]) => [name, inTables(each)]))
}

function usualOf(all: readonly Rows[]): Rows {
  const tables = [...new Set(all.flatMap((rows) => Object.keys(rows)))].sort()
  return Object.fromEntries(tables.map((table) => [table, [usualRow(all.flatMap((rows) => rows[table] ?? []))]]))
}

function usualRow(rows: readonly Row[]): Row {
  const names = Object.keys(rows[0] ?? {})
  const usual = names.flatMap((name) => {
    const counts = new Map<string, number>()
    for (const row of rows) {
      const key = JSON.stringify(row[name])
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    const [top] = [...counts].sort((a, b) => b[1] - a[1])
    return top === undefined || top[1] * 2 <= rows.length ? [] : [[name, JSON.parse(top[0])] as const]
  })
  return Object.fromEntries(usual) as Row
}
