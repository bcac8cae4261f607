import { lstatSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { GembaError } from '../model/error.ts'
import { isJsonObject, parseJson, type JsonObject } from '../model/json.ts'
import { readFileIfAny, writeFileAtomic } from './atomic-file.ts'
import { bridgeHooks, isBridgeCommand } from './claude-code.ts'
import { withGuide } from './claude-guide.ts'
import { untrackedFile } from './untracked-file.ts'

export interface InstalledBridge {
  readonly file: string
  readonly outcome: 'installed' | 'unchanged' | 'tracked' | 'linked'
  /** What the person should know; empty when all was plain. */
  readonly note: string
}

const settingsPath = '.claude/settings.local.json'
const guidePath = 'CLAUDE.md'

/**
 * For a person who starts Claude Code by hand (seed 003, Install step): merges Gemba's hooks into a folder's
 * `.claude/settings.local.json`, and a block about sessions into its `CLAUDE.md`. Can be repeated; keeps every key, hook
 * and line of the person's own; replaces an older block of ours; keeps both files out of `git status`, and leaves one
 * alone that git tracks or that is a symbolic link. Throws `config_invalid` for a file that can not be merged into.
 */
export async function installBridge(folder: string): Promise<InstalledBridge[]> {
  const hooks = (file: string, before: string | undefined): string => {
    const settings = parseSettings(file, before)
    return `${JSON.stringify({ ...settings, hooks: mergeHooks(file, settings['hooks']) }, undefined, 2)}\n`
  }
  const guide = (file: string, before: string | undefined): string => {
    const text = withGuide(before ?? '')
    if (text === undefined) throw invalid(file, 'of the marks around the block of Gemba one is missing')
    return text
  }
  return [await install(folder, settingsPath, hooks), await install(folder, guidePath, guide)]
}

async function install(
  folder: string,
  path: string,
  merge: (file: string, before: string | undefined) => string,
): Promise<InstalledBridge> {
  const file = join(folder, path)
  const git = await untrackedFile(folder, path)
  if (git.tracked) return { file, outcome: 'tracked', note: `${path} is tracked by git; it was left as it is` }
  if (isLink(file)) return { file, outcome: 'linked', note: `${path} is a symbolic link; it was left as it is` }
  const before = readFileIfAny(file)
  const after = merge(file, before)
  git.hide()
  if (after === before) return { file, outcome: 'unchanged', note: '' }
  mkdirSync(dirname(file), { recursive: true })
  writeFileAtomic(file, after)
  return { file, outcome: 'installed', note: '' }
}

/** What a link leads to may serve other folders too: it is not ours to change, nor to replace by a copy. */
function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}

function mergeHooks(file: string, value: unknown): Record<string, unknown> {
  if (value !== undefined && !isJsonObject(value)) throw invalid(file, '`hooks` is not an object')
  const merged: Record<string, unknown> = {}
  for (const [hook, entries] of Object.entries(value ?? {})) {
    if (!Array.isArray(entries)) throw invalid(file, `\`hooks.${hook}\` is not a list`)
    const theirs = entries.flatMap(withoutOurs)
    if (theirs.length > 0 || entries.length === 0) merged[hook] = theirs
  }
  for (const [hook, entries] of Object.entries(bridgeHooks())) {
    const theirs = merged[hook]
    merged[hook] = [...(Array.isArray(theirs) ? (theirs as unknown[]) : []), ...entries]
  }
  return merged
}

/** The entry without our commands; nothing when only ours were in it. */
function withoutOurs(entry: unknown): unknown[] {
  if (!isJsonObject(entry) || !Array.isArray(entry['hooks'])) return [entry]
  const theirs = entry['hooks'].filter((hook) => !isJsonObject(hook) || !isOurs(hook['command']))
  if (theirs.length === entry['hooks'].length) return [entry]
  return theirs.length === 0 ? [] : [{ ...entry, hooks: theirs }]
}

function isOurs(command: unknown): boolean {
  return typeof command === 'string' && isBridgeCommand(command)
}

function parseSettings(file: string, text: string | undefined): JsonObject {
  if (text === undefined || text.trim() === '') return {}
  const value = parseJson(text)
  if (value === undefined) throw invalid(file, 'it is not valid JSON')
  if (!isJsonObject(value)) throw invalid(file, 'it is not a JSON object')
  return value
}

function invalid(file: string, why: string): GembaError {
  return new GembaError('config_invalid', { file, why })
}
