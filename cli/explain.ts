import { existsSync } from 'node:fs'
import { GembaError } from '../model/error.ts'
import { configKeys } from '../runtime/config-reference.ts'
import { configPaths, loadProject, loadServing, type ConfigOrigin } from '../runtime/config.ts'
import { suggestion } from '../runtime/suggestion.ts'
import { withoutSecrets } from '../runtime/url-secrets.ts'
import { exitCodeOf, exitCodes, print, printError, say } from './output.ts'

type ConfigKey = ReturnType<typeof configKeys>[number]

interface Explained {
  readonly key: string
  readonly type: string
  /** Null where nothing is set, and for the keys of a list, which has many values. */
  readonly value: unknown
  readonly from: string
  /** The variable that goes before the file. */
  readonly environment: string | null
  readonly description: string
}

/**
 * `gemba config explain [KEY]`: value, origin and meaning of the keys that begin with KEY. Without a project what the
 * environment and the defaults say, which is what Beads-only mode goes by; with one whose files are not in order the
 * defaults, so that whoever mends a file sees what it may hold.
 */
export async function explain(key: string | undefined, options: { folder: string; json?: boolean }): Promise<number> {
  const chosen = chosenKeys(key)
  const { origins, code } = load(options.folder, options.json === true)
  const rows = chosen.map((each): Explained => {
    const { path, type, environment, description } = each
    const origin = origins?.get(path) ?? withoutProject(each, options.folder)
    const value = hidden(origin.value) ?? null
    return { key: path, type, value, from: origin.from, environment: environment ?? null, description }
  })
  if (options.json === true) print(JSON.stringify({ version: 1, keys: rows }, null, 2))
  else for (const row of rows) print(text(row))
  return code
}

/** Keys by their whole name or its beginning; `agent` and `agent.name` find what stands in lists as `agent[].name`. */
function chosenKeys(key: string | undefined): ConfigKey[] {
  const known = configKeys()
  if (key === undefined) return known
  const plain = (path: string): string => path.replaceAll('[]', '')
  const chosen = known.filter(({ path }) => `${plain(path)}.`.startsWith(`${plain(key)}.`))
  if (chosen.length > 0) return chosen
  const meant = suggestion(key, [...new Set(known.flatMap(({ path, table }) => [plain(path), plain(table)]))])
  throw new GembaError('config_key_unknown', { key: meant === undefined ? key : `${key} (did you mean ${meant}?)` })
}

interface Loaded {
  readonly origins: ReadonlyMap<string, ConfigOrigin> | undefined
  readonly code: number
}

function load(folder: string, json: boolean): Loaded {
  try {
    if (existsSync(configPaths(folder).project)) return { origins: loadProject(folder).origins, code: exitCodes.done }
    if (!json) say('There is no project here: this is what Beads-only mode goes by. `gemba init` makes a project.')
    return { origins: loadServing(folder).origins, code: exitCodes.done }
  } catch (error) {
    if (!(error instanceof GembaError)) throw error
    printError(error, json)
    if (!json) say('What follows are the defaults.')
    return { origins: undefined, code: exitCodeOf(error) }
  }
}

function withoutProject({ path, fallback }: ConfigKey, folder: string): ConfigOrigin {
  if (!path.includes('[]')) return { value: fallback, from: 'default' }
  const [table = ''] = path.split('[]')
  const paths = configPaths(folder)
  return { value: null, from: `each [[${table}]] of ${table === 'agent' ? paths.agents : paths.project}` }
}

function text({ key, type, value, from, environment, description }: Explained): string {
  const shown = key.includes('[]') ? '' : ` = ${value === null ? 'not set' : JSON.stringify(value)}`
  const variable = environment === null ? '' : `, or by ${environment}`
  return `${key}${shown}\n  from ${from} (${type}${variable})\n  ${description}`
}

/** An address may hold a password. */
function hidden(value: unknown): unknown {
  return typeof value === 'string' && value.includes('://') ? withoutSecrets(value) : value
}
