import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { installation } from '../../runtime/installation.ts'
import { run } from '../../runtime/exec.ts'
import { findTool, type ToolName } from '../../runtime/tools/locate.ts'

/** What the numbers were measured on and with. */
export interface Machine {
  readonly date: string
  readonly system: string
  readonly processor: string
  readonly cores: number
  readonly memoryGb: number
  readonly versions: Readonly<Record<string, string>>
}

export async function describeMachine(chromium: string | undefined): Promise<Machine> {
  const [first] = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    system: `${type()} ${release()}`,
    processor: (first?.model ?? 'unknown').trim(),
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    versions: {
      gemba: installation().version,
      node: process.versions.node,
      temporal: await versionOf('temporal', '--version'),
      dolt: await versionOf('dolt', 'version'),
      tmux: await versionOf('tmux', '-V'),
      git: await versionOf('git', '--version'),
      bd: await versionOf('bd', 'version'),
      chromium: chromium ?? 'not used',
    },
  }
}

/** The machine's load over the last minute. */
export function loadNow(): number {
  return loadavg()[0] ?? NaN
}

async function versionOf(tool: ToolName, flag: string): Promise<string> {
  const program = findTool(tool)
  if (program === undefined) return 'not on PATH'
  const said = await run(program, [flag], { timeout: 10_000 }).catch(() => '')
  const [own = 'unknown'] = /\d+(\.\d+)+[-\w]*/.exec(said) ?? []
  const server = /\(server ([\d.]+)/i.exec(said)?.[1]
  return server === undefined ? own : `${own} with server ${server}`
}
