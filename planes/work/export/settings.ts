import type { Reading } from '../database.ts'

export interface Setting {
  readonly key: string
  readonly value: string
}

const memory = 'kv.memory.'
/** People keep keys of other services among the settings of bd. */
const secret = /token|secret|password|passwd|credential|api[._-]?key|private/i

/** Settings without those that may be secret. */
export async function exportedSettings(reading: Reading): Promise<Setting[]> {
  const rows = await reading.rows<Setting>('SELECT `key`, value FROM config ORDER BY `key`')
  return rows.filter(({ key }) => !isSecret(key) && key !== 'schema_version')
}

/** Whether a setting of that name may hold a secret. */
export function isSecret(key: string): boolean {
  return secret.test(key)
}

/** What people told bd to remember, as its export has it. */
export function memoryLines(settings: readonly Setting[]): object[] {
  return settings
    .filter(({ key }) => key.startsWith(memory))
    .map(({ key, value }) => ({ _type: 'memory', key: key.slice(memory.length), value }))
}
