import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { newestBdVersion } from '../../../model/bd-versions.ts'
import { GembaError } from '../../../model/error.ts'
import type { ExecResult } from '../../../runtime/exec.ts'
import { execGroup } from '../../../runtime/exec-group.ts'
import { findTool } from '../../../runtime/tools/locate.ts'
import { bdFailure, bdTrouble } from './bd-error.ts'
import type { BeadsFolder } from './discover-beads.ts'

/** At most so many processes of bd at once for one folder. */
const atOnce = 2
const attempts = 6
const mebibyte = 1024 * 1024

export interface BdRun {
  /** What `--actor` says; reads need none. */
  readonly actor?: string
  /** Texts that bd reads from files, by the flag that names the file, as `--body-file`. */
  readonly files?: Readonly<Record<string, string>>
  /** Milliseconds until bd and all that it started are killed. */
  readonly timeout?: number
}

/** The `bd` program on one folder. */
export interface BdProgram {
  /**
   * Runs a command and gives what it printed. A failure is a `GembaError` of the catalogue: words of bd by `bdFailure`,
   * a bd that hangs as `bd_hung`, one that somebody else keeps out of the database as `work_plane_unavailable`.
   * Conflicts and locks are tried again with pauses. `positional` come after `--` and are never taken for flags.
   */
  run(flags: readonly string[], positional?: readonly string[], run?: BdRun): Promise<string>
  /** Ends what still runs. */
  close(): void
}

export interface BdOptions {
  readonly folder: BeadsFolder
  /** Have bd itself refuse every write. */
  readonly readOnly?: boolean
  /** Milliseconds that one run may take. */
  readonly timeoutMs?: number
  readonly env?: NodeJS.ProcessEnv
}

/** Whether `locateBd` finds one now. */
export function isBdFound(): boolean {
  return findTool('bd') !== undefined
}

/** Finds `bd`: `GEMBA_BD`, then PATH. `tool_missing` when it is nowhere. */
export function locateBd(env: NodeJS.ProcessEnv = process.env): string {
  const program = findTool('bd', env)
  if (program !== undefined) return program
  throw new GembaError('tool_missing', {
    tool: 'bd',
    why: 'it is not on PATH',
    fix: `Run \`npm install --global @beads/bd@${newestBdVersion}\`, or install bd ${newestBdVersion} from its releases: it is the newest that Gemba writes through. Or name the database by its URL, which needs no bd.`,
  })
}

export function bdProgram({ folder, readOnly, timeoutMs, env = process.env }: BdOptions): BdProgram {
  const program = locateBd(env)
  const ending = new AbortController()
  const gate = turns(atOnce)
  const environment = childEnvironment(folder, env)
  const once = async (args: readonly string[], timeout: number): Promise<string> => {
    const options = { cwd: folder.root, env: environment, timeout, maxBuffer: 512 * mebibyte, signal: ending.signal }
    const result = await execGroup(program, args, options).catch((error: unknown) => {
      throw bdTrouble(error, timeout)
    })
    if (result.code !== 0) throw bdFailure(result)
    return spoken(result)
  }
  return {
    run: async (flags, positional = [], { actor, files = {}, timeout = timeoutMs ?? 60_000 } = {}) => {
      const more = [...(actor === undefined ? [] : [`--actor=${actor}`]), ...(readOnly === true ? ['--readonly'] : [])]
      return withFiles(files, (named) => {
        const args = [...flags, ...named, ...more, ...(positional.length === 0 ? [] : ['--', ...positional])]
        return retried(() => gate(() => once(args, timeout)))
      })
    },
    close: () => ending.abort(),
  }
}

/** Some commands tell of a failure on stderr alone and end with 0: nothing on stdout where JSON was asked for. */
function spoken(result: ExecResult): string {
  const silent = result.stdout.trim() === '' && /^Error |^Issue .* not found/m.test(result.stderr)
  if (silent) throw bdFailure(result)
  return result.stdout
}

/** Only what bd needs: nothing of ours, and nobody's session or actor. */
function childEnvironment(folder: BeadsFolder, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const passed = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'TMPDIR', 'XDG_CONFIG_HOME', 'DOLT_ROOT_PATH']
  const kept = [...passed, 'BEADS_DOLT_PASSWORD', 'GIT_CONFIG_GLOBAL', 'SSH_AUTH_SOCK']
  const own = kept.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]))
  return {
    ...Object.fromEntries(own),
    TZ: 'UTC',
    BEADS_DIR: folder.beads,
    BD_JSON_ENVELOPE: '1',
    BD_NON_INTERACTIVE: '1',
    NO_COLOR: '1',
    // A server that the folder names by its address is somebody's; bd would otherwise start one in its place.
    ...(folder.server === null ? {} : { BEADS_DOLT_AUTO_START: '0' }),
  }
}

/** Texts as private files for as long as bd reads them, so that they show in no list of processes. */
async function withFiles<T>(files: Readonly<Record<string, string>>, use: (flags: string[]) => Promise<T>): Promise<T> {
  const texts = Object.entries(files)
  if (texts.length === 0) return use([])
  const folder = await mkdtemp(join(tmpdir(), 'gemba-bd-'))
  try {
    const flags = await Promise.all(
      texts.map(async ([flag, text], index) => {
        const file = join(folder, String(index))
        await writeFile(file, text, { mode: 0o600 })
        return `${flag}=${flag === '--metadata' ? '@' : ''}${file}`
      }),
    )
    return await use(flags)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Tries conflicts again, and what another program has locked for a moment. */
async function retried(once: () => Promise<string>): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once()
    } catch (error) {
      const again = error instanceof GembaError && (error.code === 'work_plane_conflict' || isLocked(error))
      if (!again || attempt === attempts) throw error
      await sleep(Math.random() * 60 * 2 ** attempt)
    }
  }
}

function isLocked(error: GembaError): boolean {
  return (
    error.code === 'work_plane_unavailable' &&
    /^(failed to open database: )?.*locked by another dolt/.test(error.params['why'] ?? '')
  )
}

/** Lets `most` through at a time, in the order in which they came. */
function turns(most: number): <T>(pass: () => Promise<T>) => Promise<T> {
  let free = most
  const waiting: (() => void)[] = []
  return async (pass) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await pass()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}
