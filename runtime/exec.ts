import { execFile, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { findProgram } from './tools/locate.ts'

export interface ExecOptions {
  readonly cwd?: string
  /** The whole environment of the child. Default: ours, which is not for programs that run agents. */
  readonly env?: NodeJS.ProcessEnv
  readonly input?: string | Uint8Array
  /** Milliseconds until the process is killed. Default 30,000. */
  readonly timeout?: number
  /** Bytes of output kept; more is an error. Default 16 MiB. */
  readonly maxBuffer?: number
  /** How output becomes text. Default UTF-8; `latin1` keeps every byte. */
  readonly encoding?: 'utf8' | 'latin1'
  readonly signal?: AbortSignal
}

export interface ExecResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The program could not be run, was killed, or said too much. A non-zero exit is a result, not this error. */
export class ExecError extends Error {
  readonly result: ExecResult
  readonly reason: 'missing' | 'timeout' | 'killed' | 'overflow' | 'failed'

  constructor(message: string, reason: ExecError['reason'], result: ExecResult, cause: unknown) {
    super(message, { cause })
    this.name = 'ExecError'
    this.reason = reason
    this.result = result
  }
}

/**
 * Runs a program to its end without a shell. The only door to child processes, besides the supervisor.
 * A bare name is looked up in the absolute folders of PATH alone.
 * Callers put `--` or `--end-of-options` before whatever comes from outside.
 */
export function exec(file: string, args: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  const program = programOf(file, options.env)
  if (program === undefined) {
    const result = { code: -1, stdout: '', stderr: '' }
    return Promise.reject(new ExecError(`${file}: it is not on PATH`, 'missing', result, undefined))
  }
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      [...args],
      {
        cwd: options.cwd,
        env: options.env ?? process.env,
        timeout: options.timeout ?? 30_000,
        maxBuffer: options.maxBuffer ?? 16 * 1024 * 1024,
        encoding: options.encoding ?? 'utf8',
        killSignal: 'SIGKILL',
        shell: false,
        windowsHide: true,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
        const result = { code, stdout, stderr }
        if (error === null || (typeof error.code === 'number' && error.signal == null)) resolve(result)
        else reject(new ExecError(`${file}: ${error.message}`, reasonOf(error), result, error))
      },
    )
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.input ?? '')
  })
}

/** Runs a program and returns its standard output; a non-zero exit is an `ExecError` with what it said. */
export async function run(file: string, args: readonly string[], options: ExecOptions = {}): Promise<string> {
  const result = await exec(file, args, options)
  if (result.code === 0) return result.stdout
  const said = (result.stderr || result.stdout).trim().slice(0, 2000)
  throw new ExecError(`${file} ended with ${result.code}: ${said}`, 'failed', result, undefined)
}

/** Starts a long-lived child whose streams the caller keeps. The caller ends it. `file` is a path. */
export function start(file: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn(file, [...args], { ...options, shell: false })
}

/** The system would also look into PATH's relative folders, which may be a repository's own. */
function programOf(file: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  return file.includes('/') ? file : findProgram(file, { PATH: env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin' })
}

function reasonOf(error: { code?: unknown; killed?: boolean; signal?: unknown }): ExecError['reason'] {
  if (error.code === 'ENOENT') return 'missing'
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'overflow'
  if (error.code === 'ABORT_ERR') return 'killed'
  return error.killed === true ? 'timeout' : 'killed'
}
