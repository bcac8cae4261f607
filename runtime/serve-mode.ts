import { isAbsolute, relative, resolve } from 'node:path'
import { GembaError } from '../model/error.ts'
import type { RuntimeMode, SourceSelection } from '../model/mode.ts'
import { sourceDisplay, withPasswordFile } from './beads-source.ts'
import type { ConfigOrigin, ServingConfig } from './config.ts'
import { realPath } from './data-root.ts'

/** The flags of `gemba serve` that choose the mode and its source (seed 001, 3). */
export interface ModeFlags {
  readonly beadsOnly?: boolean
  readonly beadsReadOnly?: boolean
  readonly beadsUrl?: string
  readonly beadsDir?: string
  readonly worktree?: string
  readonly beadsHistory?: string
  readonly restart?: boolean
  readonly askPassword?: boolean
}

/** How `gemba serve` runs, once flags, environment and file are weighed. */
export interface ServeMode {
  readonly mode: RuntimeMode
  readonly readOnly: boolean
  /** Null: one is chosen in the console. */
  readonly source: SourceSelection | null
  /** The session manifest, absolute. */
  readonly manifest: string
  /** Whether the password of the address is asked for at the terminal. */
  readonly asksPassword: boolean
  /** Whether `bd`'s own Dolt is to be made read-only beneath. */
  readonly restart: boolean
}

/**
 * What is asked for: a flag goes before the environment, which goes before the file. Read-only implies Beads-only. Exactly
 * one source counts: a flag puts the others aside; two of the same rank are refused (`usage`, `config_invalid`).
 */
export function serveMode(config: ServingConfig, flags: ModeFlags, command: string): ServeMode {
  const value = <Type>(path: string): Type => config.origins.get(path)?.value as Type
  const readOnly = flags.beadsReadOnly ?? value<boolean>('beads.read_only')
  const isBeadsOnly = flags.beadsOnly === true || readOnly || isConfigured(config)
  if (!isBeadsOnly) refuseWithoutMode(flags, command)
  const source = isBeadsOnly ? (flaggedSource(flags, command) ?? configuredSource(config)) : null
  const restart = flags.restart === true
  if (restart && !(readOnly && source !== null && source.kind !== 'url')) {
    throw usage(
      `--restart goes with --beads-read-only and a folder, such as: ${command} --beads-read-only --beads-dir . --restart`,
    )
  }
  const asksPassword = flags.askPassword === true
  if (asksPassword && source?.kind !== 'url') {
    throw usage(
      `--ask-password goes with an address, such as: ${command} --beads-only --beads-url mysql://… --ask-password`,
    )
  }
  const manifest = flags.beadsHistory === undefined ? configuredManifest(config) : resolve(flags.beadsHistory)
  const mode = isBeadsOnly ? 'beads_only' : 'full'
  return { mode, readOnly, source: withSecret(config, source), manifest, asksPassword, restart }
}

/** Both keys say the same; where they differ, the one that stands higher counts. */
function isConfigured({ origins }: ServingConfig): boolean {
  const [mode, flag] = [origins.get('server.mode'), origins.get('server.beads_only')]
  const said = [
    ...(mode === undefined || mode.from === 'default' ? [] : [{ from: mode, is: mode.value === 'beads_only' }]),
    ...(flag === undefined || flag.from === 'default' ? [] : [{ from: flag, is: flag.value === true }]),
  ]
  const variables = said.filter(({ from }) => isVariable(from))
  return (variables.length > 0 ? variables : said).some(({ is }) => is)
}

function configuredManifest({ folder, origins }: ServingConfig): string {
  const { value = '', from = 'default' } = origins.get('beads.manifest') ?? {}
  const isOwn = from === 'default' || from.startsWith('environment ')
  return resolve(folder, isOwn ? String(value) : requireInside(folder, String(value), from))
}

function refuseWithoutMode(flags: ModeFlags, command: string): void {
  const names = {
    beadsUrl: '--beads-url',
    beadsDir: '--beads-dir',
    worktree: '--worktree',
    beadsHistory: '--beads-history',
    restart: '--restart',
    askPassword: '--ask-password',
  }
  const given = Object.entries(names).find(([key]) => flags[key as keyof ModeFlags] !== undefined)
  if (given !== undefined)
    throw usage(`${given[1]} goes with --beads-only, such as: ${command} --beads-only ${given[1]} …`)
}

function flaggedSource({ beadsUrl, beadsDir, worktree }: ModeFlags, command: string): SourceSelection | null {
  const given = [
    ...(beadsUrl === undefined ? [] : [{ kind: 'url', url: beadsUrl } as const]),
    ...(beadsDir === undefined ? [] : [{ kind: 'beads_dir', folder: resolve(beadsDir) } as const]),
    ...(worktree === undefined ? [] : [{ kind: 'worktree', folder: resolve(worktree), initialise: true } as const]),
  ]
  if (given.length > 1) {
    throw usage(
      `only one of --beads-url, --beads-dir and --worktree can be the source, such as: ${command} --beads-only --beads-dir .`,
    )
  }
  return given[0] ?? null
}

/** An environment variable puts the file aside; Gas Town's folders count only where no source is named. */
function configuredSource({ origins, folder }: ServingConfig): SourceSelection | null {
  const set = (path: string): ConfigOrigin[] => {
    const origin = origins.get(path)
    return origin?.value === undefined ? [] : [origin]
  }
  const ranked = (isFirst: (origin: ConfigOrigin) => boolean): SourceSelection | null => {
    const urls = set('beads.url').filter(isFirst)
    const folders = set('beads.dir').filter(isFirst)
    const [url, dir] = [urls[0], folders[0]]
    if (url !== undefined && dir !== undefined) {
      const why = `beads.url and beads.dir exclude each other; beads.dir comes from ${dir.from}`
      throw new GembaError('config_invalid', { file: url.from, why })
    }
    if (url !== undefined) return { kind: 'url', url: String(url.value) }
    return dir === undefined ? null : { kind: 'beads_dir', folder: resolve(folder, String(dir.value)) }
  }
  const chosen = ranked(isVariable) ?? ranked((origin) => !isVariable(origin))
  if (chosen !== null) return chosen
  const town = [...set('gastown.town'), ...set('gastown.city')][0]
  return town === undefined ? null : { kind: 'beads_dir', folder: resolve(folder, String(town.value)) }
}

function withSecret({ origins, folder }: ServingConfig, source: SourceSelection | null): SourceSelection | null {
  if (source?.kind !== 'url') return source
  sourceDisplay(source)
  const [file, url] = [origins.get('beads.password_file'), origins.get('beads.url')]
  // The file of a project says where its own password lies, not that of another server.
  const isOwn = file?.from.startsWith('environment ') === true || (url?.value === source.url && !isVariable(url))
  if (file?.value === undefined || !isOwn) return source
  const path = isVariable(file) ? String(file.value) : requireInside(folder, String(file.value), file.from)
  return { kind: 'url', url: withPasswordFile(source.url, path, folder) }
}

const isVariable = ({ from }: ConfigOrigin): boolean => from.startsWith('environment ')

/** A project's file may come from anybody: what it names lies in the project's folder. */
function requireInside(folder: string, path: string, from: string): string {
  const inside = relative(realPath(folder), realPath(resolve(folder, path)))
  if (inside !== '' && !inside.startsWith('..') && !isAbsolute(inside)) return path
  const why = `${path} lies outside of the folder; name it by its environment variable`
  throw new GembaError('config_invalid', { file: from, why })
}

function usage(why: string): GembaError {
  return new GembaError('usage', { why })
}
