import { join } from 'node:path'
import type { DataFolder } from '../runtime/data-folder.ts'
import { entryFile } from '../runtime/installation.ts'
import { settingsVariable } from '../runtime/settings.ts'
import type { ChildDescription } from '../runtime/supervised-child.ts'

/** One of Gemba's own processes, which reads its settings from `<name>.json`. */
export function ownProcess(
  name: 'server' | 'host' | 'beads-only',
  data: DataFolder,
  env: NodeJS.ProcessEnv,
  needs: readonly string[],
): ChildDescription {
  return {
    name,
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', '--enable-source-maps', entryFile(name)],
    env: { ...env, [settingsVariable]: join(data.settings, `${name}.json`) },
    cwd: data.root,
    needs,
    ready: 'message',
    readyWithinMs: 120_000,
    alive: 'message',
    graceSeconds: 12,
  }
}
