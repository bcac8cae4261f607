import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exec, start } from '../../runtime/exec.ts'
import { findProgram } from '../../runtime/tools/locate.ts'

/** Mounts a small file system at `$2` and becomes the rest of the words; both end together. */
const script = 'mount -t tmpfs -o "size=$1" tmpfs "$2" && shift 2 && exec "$@"'

/** A mount namespace of its own; for a user who is not root inside a user namespace, where he may mount. */
function inside(size: string, folder: string, command: readonly string[]): string[] {
  const flags = process.getuid?.() === 0 ? ['--mount'] : ['--map-root-user', '--mount']
  return [...flags, '--', '/bin/sh', '-c', script, 'small-disk', size, folder, ...command]
}

/** Why no small file system can be had on this machine; undefined when one can. */
export async function whyNoSmallDisk(): Promise<string | undefined> {
  const unshare = findProgram('unshare')
  if (unshare === undefined) return 'there is no unshare on PATH'
  const folder = mkdtempSync(join(tmpdir(), 'gemba-small-'))
  try {
    const { code, stderr } = await exec(unshare, inside('1m', folder, ['true']))
    return code === 0 ? undefined : stderr.trim().split('\n')[0] || `unshare ended with ${code}`
  } finally {
    rmdirSync(folder)
  }
}

/** Runs a program of ours with a small file system as its temporary folder, and returns the JSON that it prints. */
export async function onSmallDisk<Result>(size: string, file: string): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'gemba-small-'))
  try {
    const command = [process.execPath, '--disable-warning=ExperimentalWarning', file]
    const env = { ...process.env, TMPDIR: folder, TMUX_TMPDIR: folder, VITEST: undefined }
    const child = start(findProgram('unshare') ?? 'unshare', inside(size, folder, command), {
      stdio: ['ignore', 'pipe', 'inherit'],
      env,
    })
    let said = ''
    child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
    const code = await new Promise((resolve) => child.once('close', resolve))
    if (code !== 0) throw new Error(`${file} ended with ${String(code)}: ${said.slice(-4_000)}`)
    return JSON.parse(said) as Result
  } finally {
    rmdirSync(folder)
  }
}
