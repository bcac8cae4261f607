import { bdVersions } from '../../../model/bd-versions.ts'
import { isJsonObject, type JsonObject } from '../../../model/json.ts'
import { configuredWords, type Words } from '../configured-words.ts'
import { remembered } from '../remembered.ts'
import { objectIn } from './bd-output.ts'
import type { BdProgram } from './bd-program.ts'

/** Milliseconds for which words are taken as they were read. */
const lifeMs = 30_000

export interface BdVersion {
  readonly name: string
  /** Of the database that this bd keeps; 0 when it was never tested. */
  readonly schema: number
}

/** Which bd it is; looks before any database is opened, which a newer bd would move to its own schema. */
export async function readVersion(bd: BdProgram): Promise<BdVersion> {
  const { version } = objectIn(await bd.run(['version', '--json']))
  const name = typeof version === 'string' ? version : 'unknown'
  return { name, schema: bdVersions[name] ?? 0 }
}

/** Why Gemba does not write through that bd, or null. */
export function versionProblem({ name, schema }: BdVersion): string | null {
  if (schema !== 0) return null
  return `bd is ${name}, tested for writing are ${Object.keys(bdVersions).join(', ')}`
}

/** Whether the first of two versions such as `1.0.10` is the newer; false where one of them is no such version. */
export function isNewer(one: string, other: string): boolean {
  const [left, right] = [one, other].map((name) => /^v?(\d+)\.(\d+)\.(\d+)/.exec(name)?.slice(1).map(Number))
  if (left === undefined || right === undefined) return false
  const at = left.findIndex((number, place) => number !== right[place])
  return at >= 0 && (left[at] ?? 0) > (right[at] ?? 0)
}

/** The words that people configured, read again when they are old or `fresh` is asked for. */
export function wordsOf(bd: BdProgram, version: BdVersion): (fresh?: boolean) => Promise<Words> {
  const words = remembered(lifeMs, () => readWords(bd, version))
  return (fresh = false) => {
    if (fresh) words.forget()
    return words.read()
  }
}

async function readWords(bd: BdProgram, version: BdVersion): Promise<Words> {
  const [config, statuses, types] = await Promise.all([
    bd.run(['config', 'list', '--json']),
    bd.run(['statuses', '--json']),
    bd.run(['types', '--json']),
  ])
  return wordsIn(objectIn(config), objectIn(statuses), objectIn(types), version)
}

/** What the answers of `bd config list`, `bd statuses` and `bd types` say together. */
export function wordsIn(config: JsonObject, statuses: JsonObject, types: JsonObject, version: BdVersion): Words {
  return configuredWords({
    version: version.schema,
    config: (key) => (typeof config[key] === 'string' ? config[key] : undefined),
    statuses: namesIn(statuses),
    types: namesIn(types),
  })
}

/** The names in every list of the answer: built in, core and custom ones. */
function namesIn(answer: JsonObject): string[] {
  const entries: unknown[] = Object.values(answer).filter(Array.isArray).flat()
  return entries.flatMap((entry) => {
    const name = isJsonObject(entry) ? entry['name'] : entry
    return typeof name === 'string' ? [name] : []
  })
}
