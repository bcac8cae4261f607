import { GembaError } from '../../model/error.ts'
import { plainName } from '../../model/plain-text.ts'

/**
 * Programs that a repository's own configuration names, switched off. An agent may write that configuration, so only
 * the person's own (global) configuration may name programs that our git calls run.
 */
export interface Safeguards {
  /** Effective settings. */
  readonly settings: ReadonlyMap<string, string>
  /** Environment that overrides the repository's settings, for git and the git processes it starts. */
  readonly env: Readonly<Record<string, string>>
}

interface Entry {
  readonly own: boolean
  readonly key: string
  readonly value: string
}

/** The merge that git would do without a driver; constant text, so the shell that git gives it to sees nothing foreign. */
const plainMerge = 'git merge-file -q --marker-size=%L %A %O %B'

/** Programs git runs for a key, and what takes their place when the person has named none. */
const programs: readonly (readonly [RegExp, string])[] = [
  [/^filter\..*\.(clean|smudge|process)$/s, ''],
  [/^filter\..*\.required$/s, 'false'],
  [/^merge\..*\.driver$/s, plainMerge],
  [/^core\.sshcommand$/, 'ssh'],
  [/^core\.alternaterefscommand$/, 'true'],
  [/^gpg\.(.*\.)?program$/s, 'false'],
]
const helper = /^credential\.(.*\.)?helper$/s
/** Git takes the first of these that it finds, so they can not be overridden. */
const refused = /^remote\..*\.(uploadpack|receivepack)$/s

/** Reads the output of `git config --list -z --show-scope`. Throws `repository_unusable` for what can not be switched off. */
export function readSafeguards(listing: string): Safeguards {
  const entries = entriesOf(listing)
  const own = entries.filter((entry) => entry.own)
  const foreign = entries.filter((entry) => !entry.own)
  const bad = foreign.find((entry) => refused.test(entry.key))
  if (bad !== undefined) {
    throw new GembaError('repository_unusable', {
      repository: '',
      why: `its own configuration names a program (${plainName(bad.key)})`,
    })
  }
  const keys = new Set(foreign.map((entry) => entry.key))
  const overrides = [...keys].flatMap((key): [string, string][] => {
    const rule = programs.find(([pattern]) => pattern.test(key))
    return rule === undefined ? [] : [[key, own.findLast((entry) => entry.key === key)?.value ?? rule[1]]]
  })
  if ([...keys].some((key) => helper.test(key))) overrides.push(...ownHelpers(own))
  return { settings: new Map(entries.map((entry) => [entry.key, entry.value])), env: environmentOf(overrides) }
}

/** An empty helper forgets all before it; then the person's own again. */
function ownHelpers(own: readonly Entry[]): [string, string][] {
  const helpers = own
    .filter((entry) => helper.test(entry.key))
    .map((entry): [string, string] => [entry.key, entry.value])
  return [['credential.helper', ''], ...helpers]
}

function entriesOf(listing: string): Entry[] {
  const parts = listing.split('\0')
  const entries: Entry[] = []
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const scope = parts[at] ?? ''
    const [key = '', ...rest] = (parts[at + 1] ?? '').split('\n')
    if (scope !== 'command')
      entries.push({ own: scope === 'global', key, value: rest.length === 0 ? 'true' : rest.join('\n') })
  }
  return entries
}

function environmentOf(overrides: readonly (readonly [string, string])[]): Record<string, string> {
  const pairs = overrides.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ])
  return overrides.length === 0 ? {} : { GIT_CONFIG_COUNT: String(overrides.length), ...Object.fromEntries(pairs) }
}
