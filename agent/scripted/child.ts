import { spawn, type ChildProcess } from 'node:child_process'

export interface Ended {
  /** -1 when it could not be started or was killed. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const running = new Set<ChildProcess>()
const longestOutput = 1024 * 1024

/** Runs a program in the worktree without a shell. `stop` ends it early. */
export function runChild(
  file: string,
  args: readonly string[],
  options: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): { readonly ended: Promise<Ended>; stop(): void } {
  const child = spawn(file, [...args], {
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(options.env === undefined ? {} : { env: options.env }),
  })
  running.add(child)
  const ended = new Promise<Ended>((resolve) => {
    const output = { stdout: '', stderr: '' }
    const keep = (name: 'stdout' | 'stderr') => (chunk: Buffer) => {
      if (output[name].length < longestOutput) output[name] += chunk.toString('utf8')
    }
    child.stdout?.on('data', keep('stdout'))
    child.stderr?.on('data', keep('stderr'))
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.input)
    const finish = (code: number) => {
      running.delete(child)
      resolve({ code, ...output })
    }
    child.on('error', () => finish(-1))
    child.on('close', (code) => finish(code ?? -1))
  })
  return { ended, stop: () => void child.kill('SIGTERM') }
}

/** Ends all programs that still run. */
export function stopChildren(): void {
  for (const child of running) child.kill('SIGTERM')
}
