import type { ChildProcess } from 'node:child_process'
import { ExecError, start, type ExecResult } from './exec.ts'

export interface GroupOptions {
  readonly cwd: string
  /** The whole environment of the program. */
  readonly env: NodeJS.ProcessEnv
  readonly input?: string
  /** Milliseconds until the whole group is killed. */
  readonly timeout: number
  /** Bytes of either stream that are kept; more is an error. */
  readonly maxBuffer: number
  /** Ends the whole group. */
  readonly signal?: AbortSignal
}

type Trouble = 'timeout' | 'overflow' | 'killed'

/** Milliseconds for which streams are still read after the program has ended, or was killed. */
const restMs = 500

/**
 * Runs a program to its end in a process group of its own, without a shell. When its time is over, when it says too
 * much or when the caller gives up, the whole group is killed. Programs that it has started hold nobody up, also when
 * they have left its group and keep its streams open: those are read for a moment more and closed. A non-zero exit is a
 * result, everything else an `ExecError`. `file` is a path.
 */
export function execGroup(file: string, args: readonly string[], options: GroupOptions): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    const child = start(file, args, { cwd: options.cwd, env: options.env, detached: true, stdio: 'pipe' })
    let trouble: Trouble | undefined
    let rest: NodeJS.Timeout | undefined
    const readOn = (): void => void (rest ??= setTimeout(() => setImmediate(finish), restMs))
    const end = (why: Trouble): void => {
      trouble ??= why
      killGroup(child.pid)
      readOn()
    }
    const giveUp = (): void => end('killed')
    const timer = setTimeout(() => end('timeout'), options.timeout)
    const [stdout, stderr] = [child.stdout, child.stderr].map((stream) =>
      keep(stream, options.maxBuffer, () => end('overflow')),
    )
    const settle = (): void => {
      clearTimeout(timer)
      clearTimeout(rest)
      options.signal?.removeEventListener('abort', giveUp)
    }
    const finish = (): void => {
      settle()
      if (!isOver(child)) letGo(child)
      const { exitCode: code, signalCode } = child
      const result = { code: code ?? -1, stdout: stdout?.() ?? '', stderr: stderr?.() ?? '' }
      if (code !== null && trouble === undefined) resolve(result)
      else reject(failure(file, trouble ?? 'killed', wordsFor(trouble, options, signalCode), result))
    }
    options.signal?.addEventListener('abort', giveUp, { once: true })
    if (options.signal?.aborted === true) giveUp()
    child.once('error', (error) => {
      settle()
      reject(failure(file, 'missing', error.message, empty))
    })
    child.once('exit', readOn)
    child.once('close', finish)
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.input ?? '')
  })
}

function isOver(child: ChildProcess): boolean {
  const streams = [child.stdout, child.stderr]
  return (child.exitCode ?? child.signalCode) !== null && streams.every((stream) => stream?.closed !== false)
}

/** Whoever still has its streams, or can not be killed, is waited for no longer. */
function letGo(child: ChildProcess): void {
  killGroup(child.pid)
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy()
  child.unref()
}

const empty: ExecResult = { code: -1, stdout: '', stderr: '' }

function keep(stream: NodeJS.ReadableStream | null, most: number, tooMuch: () => void): () => string {
  const chunks: Buffer[] = []
  let size = 0
  stream?.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > most) tooMuch()
    else chunks.push(chunk)
  })
  return () => Buffer.concat(chunks).toString('utf8')
}

/** Gone already is as good. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // No process of the group is left.
  }
}

function wordsFor(trouble: Trouble | undefined, options: GroupOptions, signal: NodeJS.Signals | null): string {
  if (trouble === 'timeout') return `it had not ended after ${Math.round(options.timeout / 1000)} s and was killed`
  if (trouble === 'overflow') return `it said more than ${options.maxBuffer} bytes and was killed`
  return `it was ended (${signal ?? 'no signal'})`
}

function failure(file: string, reason: ExecError['reason'], why: string, result: ExecResult): ExecError {
  return new ExecError(`${file}: ${why}`, reason, result, undefined)
}
