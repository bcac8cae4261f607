import type { ChildProcess } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { start } from '../../runtime/exec.ts'
import { entryPath } from '../entry.ts'

/** For tests: the example agent as a process of its own, with stand-ins for the sentinels that write down how they are called. */
export interface TestAgent {
  readonly process: ChildProcess
  /** All that it printed so far, without colours. */
  printed(): string
  /** Resolves when it has printed `text`; rejects when it ends before. */
  until(text: string): Promise<void>
  type(line: string): void
  /** Its exit code; null when it was killed. */
  readonly ended: Promise<number | null>
}

export interface AgentPlace {
  readonly bead: string
  readonly worktree: string
  readonly preamble: string
  readonly sentinels: Sentinels
  readonly pace?: number
}

export interface Sentinels {
  readonly bin: string
  calls(): Promise<string[]>
}

/** `answer` is what `gemba-ask --wait` prints; without one it waits for good. */
export async function writeSentinels(folder: string, answer?: string, askCode = 0): Promise<Sentinels> {
  const [bin, log] = [join(folder, 'bin'), join(folder, 'calls')]
  await mkdir(bin)
  await writeFile(join(folder, 'answer'), answer ?? '')
  const note = `line="\${0##*/}"; for word; do line="$line [$word]"; done; printf '%s\\n' "$line" >> '${log}'`
  const wait = answer === undefined && askCode === 0 ? 'exec sleep 1000' : `cat '${folder}/answer'; exit ${askCode}`
  const bodies = { 'gemba-state': note, 'gemba-bridge': `${note}; cat > /dev/null`, 'gemba-ask': `${note}; ${wait}` }
  for (const [name, body] of Object.entries(bodies)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${body}\n`)
    await chmod(join(bin, name), 0o755)
  }
  const calls = async () => (await readFile(log, 'utf8').catch(() => '')).split('\n').filter(Boolean)
  return { bin, calls }
}

export function startAgent(place: AgentPlace): TestAgent {
  const child = start(process.execPath, [entryPath('scripted-agent')], {
    cwd: place.worktree,
    stdio: 'pipe',
    env: {
      PATH: `${place.sentinels.bin}${delimiter}${process.env['PATH'] ?? ''}`,
      HOME: '/nonexistent',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GEMBA_BEAD: place.bead,
      GEMBA_PREAMBLE: place.preamble,
      GEMBA_SCRIPTED_PACE: String(place.pace ?? 0),
      NO_COLOR: '1',
    },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let printed = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      printed += chunk.toString('utf8')
      for (const listener of listeners) listener()
    })
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)))
  const until = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!printed.includes(text)) return
        listeners.delete(look)
        resolve()
      }
      listeners.add(look)
      void ended.then(() => (printed.includes(text) ? resolve() : reject(new Error(`It ended after:\n${printed}`))))
      look()
    })
  return { process: child, printed: () => printed, until, type: (line) => void child.stdin?.write(`${line}\n`), ended }
}
