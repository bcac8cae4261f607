import { exec } from '../runtime/exec.ts'
import { printable } from '../runtime/printable.ts'
import { newerHint } from '../runtime/tools/ensure.ts'
import { installHint } from '../runtime/tools/install-hint.ts'
import { findProgram, findTool, type ToolName } from '../runtime/tools/locate.ts'
import { isRecent, oldest, type VersionedTool } from '../runtime/tools/oldest.ts'
import { ok, type Check } from './check.ts'

/** What the machine has. */
export async function machineChecks(): Promise<Check[]> {
  const tools = await Promise.all([
    tool('git', { args: ['--version'], needed: true, least: 'git', newer: newerHint('git') }),
    tool('tmux', { args: ['-V'], needed: true, fix: `Run \`gemba doctor --fix\`. ${installHint('tmux')}` }),
    tool('temporal', { args: ['--version'], needed: true, least: 'temporal', fix: obtainFix }),
    tool('dolt', { args: ['version'], needed: true, least: 'dolt', fix: obtainFix }),
    ...(missingTools() ? [tool('go', { args: ['version'], needed: false }), compilerCheck()] : []),
    tool('claude', { args: ['--version'], needed: false }),
    tool('codex', { args: ['--version'], needed: false }),
  ])
  return [nodeCheck(), ...tools]
}

const obtainFix = 'Run `gemba doctor --fix`, or install it and put it on PATH.'

function missingTools(): boolean {
  return findTool('temporal') === undefined || findTool('dolt') === undefined
}

function nodeCheck(): Check {
  const detail = `${process.version} at ${process.execPath}`
  if (Number(process.versions.node.split('.')[0]) >= 24) return ok('node', detail)
  return { id: 'node', status: 'problem', detail, fix: 'Start it as `gemba`, which gets Node 24 by itself.' }
}

async function tool(
  name: ToolName,
  options: {
    args: string[]
    needed: boolean
    /** It must be recent enough. */
    least?: VersionedTool
    fix?: string
    /** What mends one that is too old, where that is another thing than one that is missing. */
    newer?: string
  },
  path = findTool(name),
): Promise<Check> {
  const fix = options.fix ?? installHint(name)
  const absent = options.needed ? 'problem' : 'note'
  if (path === undefined) return { id: name, status: absent, detail: 'not found', fix }
  const env = { ...process.env, DOLT_DISABLE_EVENT_FLUSH: 'true' }
  const said = await exec(path, options.args, { timeout: 15_000, env }).catch(() => undefined)
  if (said === undefined || said.code !== 0) return { id: name, status: absent, detail: `${path} does not run`, fix }
  const version = printable(said.stdout, 200).trim().split('\n')[0] ?? ''
  const { least } = options
  if (least !== undefined && !isRecent(least, said.stdout)) {
    const instead = otherTool(name, path)
    if (instead !== undefined) return tool(name, options, instead)
    const detail = `${version} at ${path} is too old: it must be ${oldest[least]} or newer`
    return { id: name, status: absent, detail, fix: options.newer ?? fix }
  }
  return ok(name, `${version} at ${path}`)
}

/** The one that set-up got because that on PATH is too old; it is the one that runs. */
function otherTool(name: ToolName, path: string): string | undefined {
  if (path !== findProgram(name)) return undefined
  return findTool(name, { ...process.env, PATH: '' })
}

async function compilerCheck(): Promise<Check> {
  const path = ['cc', 'gcc', 'clang'].map((name) => findProgram(name)).find((found) => found !== undefined)
  if (path !== undefined) return ok('cc', path)
  return { id: 'cc', status: 'note', detail: 'not found; needed to build Dolt from source', fix: installHint('cc') }
}
