import type { SqlValue, Writing } from '../database.ts'

export type Row = Readonly<Record<string, SqlValue>>

/** Collects rows, and inserts those of a table with the same columns by one statement. */
export interface BulkInsert {
  add(table: string, row: Row): void
  flush(): Promise<void>
}

export function bulkInsert(writing: Writing): BulkInsert {
  const pending = new Map<string, { table: string; names: string[]; rows: Row[] }>()
  return {
    add: (table, row) => {
      const names = Object.keys(row).sort()
      const key = [table, ...names].join(' ')
      const group = pending.get(key) ?? { table, names, rows: [] }
      group.rows.push(row)
      pending.set(key, group)
    },
    flush: async () => {
      // Issues first: the rows of other tables refer to them.
      const groups = [...pending.values()].sort((a, b) => Number(b.table === 'issues') - Number(a.table === 'issues'))
      pending.clear()
      for (const { table, names, rows } of groups) {
        const places = rows.map(() => `(${names.map(() => '?').join(', ')})`).join(', ')
        const values = rows.flatMap((row) => names.map((name) => row[name] ?? null))
        await writing.write(table, `INSERT INTO ${table} (${names.join(', ')}) VALUES ${places}`, values)
      }
    },
  }
}
