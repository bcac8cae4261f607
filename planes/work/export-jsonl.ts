import type { ExportFormat } from '../../model/exchange.ts'
import type { Database, Reading } from './database.ts'
import { exportedSettings, memoryLines } from './export/settings.ts'
import { columnLines } from './export/column-lines.ts'
import { issueLine } from './export/issue-line.ts'
import { readHanging } from './export/hanging.ts'
import type { IssueRow } from './rows.ts'
import { readShape } from './shape.ts'

/** Beads that are held at a time. */
const page = 200

/**
 * Writes every row of `issues` with what hangs on it, in the order of ids, and the settings that are worth keeping. All
 * is of one moment, and no more than a page is held. Wisps are not exported: they never leave their database.
 */
export async function exportJsonl(
  database: Database,
  format: ExportFormat,
  write: (text: string) => Promise<void>,
): Promise<number> {
  const shape = await readShape(database)
  let lines = 0
  const put = async (all: readonly object[]): Promise<void> => {
    if (all.length === 0) return
    lines += all.length
    await write(all.map((line) => `${JSON.stringify(line)}\n`).join(''))
  }
  // Not a plain read, which is repeated when the connection is lost: what is written can not be taken back.
  await database.rehearse(async (reading) => {
    const settings = await exportedSettings(reading)
    if (format === 'columns') await put(settings.map((row) => ({ _table: 'config', ...row })))
    for (let after = ''; ;) {
      const rows = await pageAfter(reading, after)
      const last = rows.at(-1)
      if (last === undefined) break
      const hanging = await readHanging(
        reading,
        shape,
        rows.map((row) => row.id),
      )
      await put(rows.flatMap((row) => (format === 'bd' ? [issueLine(row, hanging)] : columnLines(row, hanging))))
      after = last.id
    }
    if (format === 'bd') await put(memoryLines(settings))
  })
  return lines
}

function pageAfter(reading: Reading, after: string): Promise<IssueRow[]> {
  return reading.rows<IssueRow>(`SELECT * FROM issues WHERE id > ? ORDER BY id LIMIT ${page}`, [after])
}
