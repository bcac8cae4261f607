import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { GembaError } from '../../model/error.ts'
import { waitForLock, type HeldLock } from '../file-lock.ts'
import { isNoRoom } from '../secret.ts'
import type { Report } from '../terminal.ts'
import { fullFolder, requireRoom, roomMissing } from './room.ts'

/** One way to get a program. */
export interface Installer {
  /** For people: "official download", "build from source". */
  readonly name: string
  /** Bytes that it writes at most, the program included; `folder` names where when that is not the cache of tools. */
  readonly needs: { readonly bytes: number; readonly folder?: string }
  /** Puts the executable at `target`, using only `folder`; tells where it came from. */
  install(folder: string, target: string): Promise<Record<string, string>>
}

/**
 * Puts a program into the cache by the first installer that succeeds, and returns its path. It appears there whole or
 * not at all. Set-ups at the same time wait for each other, and what an earlier one left half-done is removed.
 * `tool_missing` tells what each installer said; `room_missing` where there is too little room, and how much is needed.
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
  const lock = await takeLock(tools, tool, report)
  try {
    removeLeftovers(tools, tool)
    return existsSync(target) ? target : await install(options, tools)
  } finally {
    lock.release()
  }
}

async function takeLock(tools: string, tool: string, report: Report): Promise<HeldLock> {
  try {
    return await waitForLock(join(tools, `.lock-${tool}`), tool, {
      waiting: (holder) =>
        report.line(`${tool}: another set-up (process ${holder.pid}) is getting it; waiting for it.`),
    })
  } catch (error) {
    if (isNoRoom(error)) throw roomMissing({ what: tool, bytes: 1_000_000, folder: tools }, error)
    throw error
  }
}

async function install(options: Parameters<typeof obtain>[0], tools: string): Promise<string> {
  const reasons: string[] = []
  for (const installer of options.installers) {
    const need = { what: options.tool, bytes: installer.needs.bytes, folder: installer.needs.folder ?? tools }
    if (installer.needs.folder === undefined) requireRoom(need)
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
      const full = fullFolder(error, need.folder)
      // The half-done work is named as what it would have become part of, for it is gone when this is read.
      if (full !== undefined)
        throw roomMissing({ ...need, folder: full.startsWith(folder) ? need.folder : full }, error)
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
