import type { Writing } from '../database.ts'

const chunk = 500

/** Numbers of children that came in are not given out again, as with bd, which counts where the parent is there. */
export async function countChildren(writing: Writing, ids: readonly string[]): Promise<void> {
  const last = new Map<string, number>()
  for (const id of ids) {
    const [, parent, number] = /^(.+)\.(\d{1,9})$/.exec(id) ?? []
    if (parent !== undefined) last.set(parent, Math.max(last.get(parent) ?? 0, Number(number)))
  }
  const parents = [...last.keys()]
  for (let start = 0; start < parents.length; start += chunk) {
    const select = 'SELECT id FROM issues WHERE id IN (?)'
    for (const { id } of await writing.rows<{ id: string }>(select, [parents.slice(start, start + chunk)])) {
      const child = last.get(id) ?? 0
      await writing.write(
        'child_counters',
        `INSERT INTO child_counters (parent_id, last_child) VALUES (?, ?)
         ON DUPLICATE KEY UPDATE last_child = GREATEST(last_child, ?)`,
        [id, child, child],
      )
    }
  }
}
