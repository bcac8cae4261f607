import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestProject } from './running-gemba.ts'

/**
 * A project's file that holds scripted agents at their step `run-tests` until the gate is opened: its test waits for
 * a file beside the worktrees. What happens meanwhile happens while agents are at work, however quick the machine is.
 */
export const gateFiles: Readonly<Record<string, string>> = {
  'gate.test.mjs': [
    "import { existsSync } from 'node:fs'",
    "import { test } from 'node:test'",
    "import { setTimeout as pause } from 'node:timers/promises'",
    "test('the gate is open', async () => {",
    "  while (!existsSync('../../gate')) await pause(100)",
    '})',
    '',
  ].join('\n'),
}

/** Lets all agents pass, those that come later too. */
export async function openGate(project: TestProject): Promise<void> {
  await writeFile(join(project.folder, '.gemba', 'gate'), '')
}
