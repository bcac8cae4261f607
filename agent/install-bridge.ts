import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { GembaError } from '../model/error.ts'
import { isJsonObject, parseJson, type JsonObject } from '../model/json.ts'
import { exec } from '../runtime/exec.ts'
import { locateTool } from '../runtime/tools/locate.ts'
import { readFileIfAny, writeFileAtomic } from './atomic-file.ts'
import { bridgeHooks, isBridgeCommand } from './claude-code.ts'

export interface InstalledBridge {
  readonly file: string
  readonly outcome: 'installed' | 'unchanged' | 'tracked'
  /** What the person should know; empty when all was plain. */
  readonly note: string
}

const settingsPath = join('.claude', 'settings.local.json')

/**
 * Merges Gemba's hooks into a folder's `.claude/settings.local.json` for a person who starts Claude Code by hand
 * (seed 003, Install step). Can be repeated; keeps every key and hook of the person's own; replaces an older block of
 * ours; keeps the file out of `git status`. Leaves a file alone that git tracks. Throws `config_invalid` for a file
 * that is no JSON object.
 */
export async function installBridge(folder: string): Promise<InstalledBridge> {
  const file = join(folder, settingsPath)
  const git = await gitFolder(folder)
  if (git?.tracked === true) {
    return { file, outcome: 'tracked', note: `${settingsPath} is tracked by git; it was left as it is` }
  }
  const before = readFileIfAny(file)
  const settings = parseSettings(file, before)
  const after = `${JSON.stringify({ ...settings, hooks: mergeHooks(file, settings['hooks']) }, undefined, 2)}\n`
  if (git !== undefined) exclude(git.exclude)
  if (after === before) return { file, outcome: 'unchanged', note: '' }
  mkdirSync(dirname(file), { recursive: true })
  writeFileAtomic(file, after)
  return { file, outcome: 'installed', note: '' }
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

async function gitFolder(folder: string): Promise<{ exclude: string; tracked: boolean } | undefined> {
  const git = locateTool('git')
  const safe = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null']
  const ask = (...args: string[]) => exec(git, [...safe, ...args], { cwd: folder, timeout: 10_000 })
  const path = await ask('rev-parse', '--git-path', 'info/exclude')
  if (path.code !== 0) return undefined
  const listed = await ask('ls-files', '--error-unmatch', '--', settingsPath)
  const named = path.stdout.trim()
  return { exclude: isAbsolute(named) ? named : join(folder, named), tracked: listed.code === 0 }
}

function exclude(file: string): void {
  const text = readFileIfAny(file) ?? ''
  // Two stars: the folder may stand below the work tree's root.
  const line = '**/.claude/settings.local.json'
  if (text.split('\n').includes(line)) return
  mkdirSync(dirname(file), { recursive: true })
  appendFileSync(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`)
}

function invalid(file: string, why: string): GembaError {
  return new GembaError('config_invalid', { file, why })
}
