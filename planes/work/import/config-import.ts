import { checkText } from '../fields.ts'
import { created, skipped, type Importer } from './importer.ts'
import { textOf } from './jsonl-records.ts'

/** Settings: keys that are there stay; lists of custom words are joined. */
export const configImport: Importer = async ({ writing }) => {
  const rows = await writing.rows<{ name: string; value: string }>('SELECT `key` AS name, value FROM config')
  const config = new Map(rows.map((row) => [row.name, row.value]))
  return (fields) => {
    const [name, value] = [textOf(fields['key']), textOf(fields['value'])]
    const existing = config.get(name)
    if (name === '' || name.length > 255 || name === 'schema_version') {
      return skipped('kept', 'it is not a setting to keep')
    }
    const joined = existing !== undefined && name.endsWith('.custom') ? joinWords(existing, value) : (existing ?? value)
    if (joined === existing) return skipped('kept', 'the database has its own value')
    const row = [name, checkText('value', joined)]
    const take = async (): Promise<void> => {
      config.set(name, joined)
      await writing.write('config', 'REPLACE INTO config (`key`, value) VALUES (?, ?)', row)
    }
    const taken = created(take)
    return existing === undefined
      ? taken
      : { ...taken, verdict: 'updated', reason: 'newer', changes: ['value'], basis: existing }
  }
}

function joinWords(one: string, two: string): string {
  const words = [...one.split(','), ...two.split(',')].map((word) => word.trim()).filter((word) => word !== '')
  return [...new Set(words)].join(',')
}
