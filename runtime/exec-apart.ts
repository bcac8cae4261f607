import { once } from 'node:events'
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ExecError, start, type ExecResult } from './exec.ts'
import { identify, type ProcessIdentity } from './process-identity.ts'

export interface ApartOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly input?: string
  /** Told which process it is going to be, before the program does anything. When it throws, the program is not run. */
  readonly begin?: (process: ProcessIdentity) => void
}

/** The program runs when a line comes, and not at all when whoever should send it is gone. */
const gate = 'read -r _ <&3 && exec "$@" 3<&-'
/** Milliseconds until we no longer wait for the program; it is not killed. */
const patienceMs = 600_000
const longestOutput = 16 * 1024 * 1024

/**
 * Runs a program that must not be broken off in the middle: it has a process group of its own, is never killed by us,
 * and ends as it would have when we die. Its streams are files, so that nobody has to be there to read them. `file` is a
 * path. A program that somebody killed has the exit code that a shell gives it, 128 and its signal.
 */
export async function execApart(file: string, args: readonly string[], options: ApartOptions): Promise<ExecResult> {
  const streams = streamsFor(options.input ?? '')
  try {
    const child = start('/bin/sh', ['-c', gate, 'gemba-gate', file, ...args], {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: [streams.input, streams.output, streams.errors, 'pipe'],
    })
    const ended = exitOf(child)
    ended.catch(() => undefined)
    if (child.pid !== undefined) await open(child.stdio[3] as NodeJS.WritableStream, child.pid, options.begin)
    const code = await ended.catch((error: unknown) => {
      throw new ExecError(`${file}: ${String(error)}`, 'missing', { code: -1, stdout: '', stderr: '' }, error)
    })
    const result = { code: code ?? -1, stdout: textOf(streams.output), stderr: textOf(streams.errors) }
    if (code !== undefined) return result
    throw new ExecError(`${file}: it has not ended for ${patienceMs / 60_000} minutes`, 'timeout', result, undefined)
  } finally {
    for (const stream of Object.values(streams)) closeSync(stream)
  }
}

async function open(
  latch: NodeJS.WritableStream,
  pid: number,
  begin: ApartOptions['begin'] = () => undefined,
): Promise<void> {
  latch.on('error', () => undefined)
  try {
    begin(await identify(pid))
    latch.write('\n')
  } finally {
    latch.end()
  }
}

/** Undefined when it still runs after all our patience. */
async function exitOf(child: ReturnType<typeof start>): Promise<number | undefined> {
  const control = new AbortController()
  const timer = setTimeout(() => control.abort(), patienceMs)
  try {
    const [code, signal] = (await once(child, 'exit', control)) as [number | null, NodeJS.Signals | null]
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal])
  } catch (error) {
    if (!control.signal.aborted) throw error
    child.unref()
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

/** Where no file can be made, as on a full disk, a program that needs no input still runs; what it says is lost. */
function streamsFor(input: string): ReturnType<typeof openStreams> {
  try {
    return openStreams(input)
  } catch (error) {
    if (input !== '') throw error
    const nothing = () => openSync('/dev/null', 'r+')
    return { input: nothing(), output: nothing(), errors: nothing() }
  }
}

/** Files without a name: they are gone when the last process has closed them. */
function openStreams(input: string): { input: number; output: number; errors: number } {
  const folder = mkdtempSync(join(tmpdir(), 'gemba-streams-'))
  try {
    const file = (name: string) => join(folder, name)
    writeFileSync(file('input'), input, { mode: 0o600 })
    const [output, errors] = [openSync(file('output'), 'wx+', 0o600), openSync(file('errors'), 'wx+', 0o600)]
    return { input: openSync(file('input'), 'r'), output, errors }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function textOf(stream: number): string {
  const bytes = Buffer.alloc(Math.min(fstatSync(stream).size, longestOutput))
  return bytes.toString('utf8', 0, readSync(stream, bytes, 0, bytes.length, 0))
}
