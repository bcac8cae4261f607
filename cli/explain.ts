import { GembaError } from '../model/error.ts'
import { configKeys } from '../runtime/config-reference.ts'
import { loadProject, type ConfigOrigin } from '../runtime/config.ts'
import { suggestion } from '../runtime/suggestion.ts'
import { withoutSecrets } from '../runtime/url-secrets.ts'
import { exitCodes, print } from './output.ts'

interface Explained {
  readonly key: string
  readonly type: string
  readonly value: unknown
  readonly from: string
  readonly description: string
}

/** `gemba config explain [KEY]`: value, origin and meaning of the keys that begin with KEY. */
export async function explain(key: string | undefined, options: { folder: string; json?: boolean }): Promise<number> {
  const { origins } = loadProject(options.folder)
  const known = configKeys()
  const chosen = known.filter(({ path }) => key === undefined || path === key || path.startsWith(`${key}.`))
  if (chosen.length === 0)
    throw unknownKey(
      key ?? '',
      known.map(({ path }) => path),
    )
  const rows = chosen.map(({ path, type, description }): Explained => {
    const origin: ConfigOrigin = origins.get(path) ?? { value: null, from: 'see the file' }
    return { key: path, type, value: hidden(origin.value) ?? null, from: origin.from, description }
  })
  if (options.json === true) print(JSON.stringify({ version: 1, keys: rows }, null, 2))
  else for (const row of rows) print(text(row))
  return exitCodes.done
}

function text(row: Explained): string {
  const value = row.value === null ? 'not set' : JSON.stringify(row.value)
  return `${row.key} = ${value}\n  from ${row.from}\n  ${row.description}`
}

/** An address may hold a password. */
function hidden(value: unknown): unknown {
  return typeof value === 'string' && value.includes('://') ? withoutSecrets(value) : value
}

function unknownKey(key: string, known: readonly string[]): GembaError {
  const meant = suggestion(key, known)
  return new GembaError('config_key_unknown', { key: meant === undefined ? key : `${key} (did you mean ${meant}?)` })
}
