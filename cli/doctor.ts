import { resolve } from 'node:path'
import { createReport } from '../runtime/terminal.ts'
import { ensureTool, obtainable } from '../runtime/tools/ensure.ts'
import type { Check } from './check.ts'
import { machineChecks } from './machine-checks.ts'
import { exitCodes, print } from './output.ts'
import { projectChecks } from './project-checks.ts'

const marks = { ok: '✓ ok     ', note: '· note   ', problem: '✗ problem' } as const

/**
 * `gemba doctor`: what this machine and the project have and lack. Exit 6 when something must be mended.
 * With `fix` it gets what Gemba can get by itself: tmux, Temporal and Dolt.
 */
export async function doctor(
  folder: string,
  options: { data?: string; fix?: boolean; json?: boolean },
): Promise<number> {
  const fixes = options.fix === true ? await obtainMissing() : new Map<string, string>()
  const checks = [...(await machineChecks()), ...(await projectChecks(resolve(folder), options.data))].map((check) => {
    const failed = fixes.get(check.id)
    return failed === undefined ? check : { ...check, detail: `${check.detail} (${failed})` }
  })
  const problems = checks.filter((check) => check.status === 'problem')
  if (options.json === true) print(JSON.stringify({ version: 1, ok: problems.length === 0, checks }, null, 2))
  else for (const check of checks) print(line(check))
  return problems.length === 0 ? exitCodes.done : exitCodes.findings
}

function line(check: Check): string {
  const mend = check.fix === null || check.status === 'ok' ? '' : `\n            ${check.fix}`
  return `${marks[check.status]} ${check.id}: ${check.detail}${mend}`
}

/** Tries to get the programs that set-up can get; returns why it did not work, by name. */
async function obtainMissing(): Promise<Map<string, string>> {
  const failed = new Map<string, string>()
  for (const tool of obtainable) {
    await ensureTool(tool, { report: createReport() }).catch((error: unknown) => {
      failed.set(tool, error instanceof Error ? error.message : String(error))
    })
  }
  return failed
}
