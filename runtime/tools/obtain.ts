import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { GembaError } from '../../model/error.ts'
import { waitForLock } from '../file-lock.ts'
import { isCode } from '../secret.ts'
import type { Report } from '../terminal.ts'

/** One way to get a program. */
export interface Installer {
  /** For people: "official download", "build from source". */
  readonly name: string
  /** Puts the executable at `target`, using only `folder`; tells where it came from. */
  install(folder: string, target: string): Promise<Record<string, string>>
}

/**
 * Puts a program into the cache by the first installer that succeeds, and returns its path. It appears there whole or
 * not at all. Set-ups at the same time wait for each other, and what an earlier one left half-done is removed.
 * `tool_missing` tells what each installer said; `disk_full` when there was no room.
 */
export async function obtain(options: {
  tool: string
  /** Where it shall be: `<cache>/tools/<tool>-<version>/<tool>`. */
  target: string
  installers: readonly Installer[]
  fix: string
  report: Report
}): Promise<string> {
  const { tool, target, report } = options
  const tools = dirname(dirname(target))
  try {
    const lock = await waitForLock(join(tools, `.lock-${tool}`), tool, {
      waiting: (holder) =>
        report.line(`${tool}: another set-up (process ${holder.pid}) is getting it; waiting for it.`),
    })
    try {
      removeLeftovers(tools, tool)
      return existsSync(target) ? target : await install(options, tools)
    } finally {
      lock.release()
    }
  } catch (error) {
    if (isCode(error, 'ENOSPC')) throw new GembaError('disk_full', { path: tools }, { cause: error })
    throw error
  }
}

async function install(options: Parameters<typeof obtain>[0], tools: string): Promise<string> {
  const reasons: string[] = []
  for (const installer of options.installers) {
    const folder = mkdtempSync(join(tools, `${partial(options.tool)}-`))
    try {
      const draft = join(folder, 'result')
      mkdirSync(draft)
      const program = join(draft, options.tool)
      const origin = await installer.install(folder, program)
      chmodSync(program, 0o755)
      writeFileSync(join(draft, 'origin.json'), `${JSON.stringify(origin, null, 2)}\n`)
      rmSync(dirname(options.target), { recursive: true, force: true })
      renameSync(draft, dirname(options.target))
      options.report.line(`${options.tool}: ready (${installer.name}).`)
      return options.target
    } catch (error) {
      if (isCode(error, 'ENOSPC') || (error instanceof GembaError && error.code === 'disk_full')) throw error
      const why = error instanceof Error ? error.message : String(error)
      reasons.push(`${installer.name}: ${why}`)
      options.report.line(`${options.tool}: ${installer.name} did not work: ${why}`)
    } finally {
      options.report.endProgress()
      rmSync(folder, { recursive: true, force: true })
    }
  }
  throw new GembaError('tool_missing', { tool: options.tool, why: reasons.join('; '), fix: options.fix })
}

function removeLeftovers(tools: string, tool: string): void {
  for (const name of readdirSync(tools)) {
    if (name.startsWith(`${partial(tool)}-`)) rmSync(join(tools, name), { recursive: true, force: true })
  }
}

function partial(tool: string): string {
  return `.partial-${tool}`
}
