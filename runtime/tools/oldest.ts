import { exec, ExecError } from '../exec.ts'
import { printable } from '../printable.ts'

/** Programs that are of no use when they are too old. */
export type VersionedTool = 'git' | 'temporal' | 'dolt'

/**
 * The oldest versions that Gemba works with. git brought `merge-tree --write-tree` with it, Temporal the settings of the
 * embedded server; an older Dolt was never tried.
 */
export const oldest: Readonly<Record<VersionedTool, string>> = { git: '2.38', temporal: '1.5', dolt: '1.86' }

const asked: Readonly<Record<VersionedTool, { args: readonly string[]; names: RegExp }>> = {
  git: { args: ['version'], names: /^git version (\d+)\.(\d+)/m },
  temporal: { args: ['--version'], names: /^temporal version (\d+)\.(\d+)/m },
  dolt: { args: ['version'], names: /^dolt version (\d+)\.(\d+)/m },
}

/** What the program says of its version, in one line; undefined when it does not run. Milliseconds: at most 10,000. */
export async function versionText(tool: VersionedTool, path: string): Promise<string | undefined> {
  const env = { ...process.env, LC_ALL: 'C', DOLT_DISABLE_EVENT_FLUSH: 'true' }
  const said = await exec(path, asked[tool].args, { timeout: 10_000, env }).catch((error: unknown) =>
    // Dolt says its version first and may then wait for a network to hear of newer ones.
    error instanceof ExecError && error.reason === 'timeout' ? { ...error.result, code: 0 } : undefined,
  )
  const line =
    printable(said?.stdout ?? '', 200)
      .trim()
      .split('\n')[0] ?? ''
  return said?.code === 0 && line !== '' ? line : undefined
}

/** Whether what a program says of its version is at least `oldest`. A development build of Temporal is judged by its server. */
export function isRecent(tool: VersionedTool, text: string): boolean {
  const found = asked[tool].names.exec(text)
  const [major = 0, minor = 0] = (found ?? []).slice(1).map(Number)
  const [leastMajor = 0, leastMinor = 0] = oldest[tool].split('.').map(Number)
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return true
  const server = Number(/\(Server 1\.(\d+)/.exec(text)?.[1] ?? 0)
  return tool === 'temporal' && found !== null && major === 0 && server >= 29
}
