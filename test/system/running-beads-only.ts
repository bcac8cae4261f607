import { onTestFinished } from 'vitest'
import { launchBeadsOnly, type RunningBeadsOnly } from './beads-only-server.ts'

/** Starts `gemba serve` with these flags and waits until it is up; it ends with the test. */
export function startBeadsOnly(flags: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<RunningBeadsOnly> {
  return launchBeadsOnly(flags, env, onTestFinished)
}
