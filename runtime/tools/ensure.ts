import { GembaError } from '../../model/error.ts'
import type { Report } from '../terminal.ts'
import { buildInstaller, type GoProgram } from './build-from-source.ts'
import { debianInstaller } from './debian-package.ts'
import { downloadInstaller, type ReleaseArchive } from './download.ts'
import { installHint } from './install-hint.ts'
import { cachedTool, findProgram, findTool, pinned, type ToolName } from './locate.ts'
import { obtain, type Installer } from './obtain.ts'
import { isRecent, oldest, versionText, type VersionedTool } from './oldest.ts'

/** Programs that set-up can get by itself. */
export const obtainable = ['tmux', 'temporal', 'dolt'] as const
export type ObtainableTool = (typeof obtainable)[number]

const programs: Readonly<Record<'temporal' | 'dolt', GoProgram>> = {
  temporal: {
    tool: 'temporal',
    folder: 'temporal',
    package: 'github.com/temporalio/cli/cmd/temporal',
    flags: [],
    variable: `github.com/temporalio/cli/temporalcli.Version=${pinned.temporal}`,
    needsCompiler: false,
  },
  dolt: {
    tool: 'dolt',
    folder: 'dolt',
    package: 'github.com/dolthub/dolt/go/cmd/dolt',
    flags: ['-tags', 'gms_pure_go'],
    needsCompiler: true,
  },
}

/**
 * Returns the path of a program, getting it when it is nowhere: `GEMBA_<TOOL>`, PATH, the cache, then the official
 * download or a build from source, for tmux the system's package. One on PATH that is too old is passed over; one that is
 * named is `tool_too_old`. `tool_missing` tells what was tried and what mends it.
 */
export async function ensureTool(tool: ObtainableTool, options: { report: Report }): Promise<string> {
  const named = process.env[`GEMBA_${tool.toUpperCase()}`]
  if (named !== undefined && named !== '') {
    const program = requireTool(tool)
    if (tool !== 'tmux') await requireRecent(tool, program)
    return program
  }
  const onPath = findProgram(tool)
  if (onPath !== undefined && (await suits(tool, onPath, options.report))) return onPath
  const target = cachedTool(tool)
  const cached = findTool(tool, { ...process.env, PATH: '' })
  if (cached !== undefined) return cached
  const { report } = options
  return obtain({ tool, target, installers: installersOf(tool, report), fix: fixOf(tool), report })
}

function installersOf(tool: ObtainableTool, report: Report): Installer[] {
  if (tool === 'tmux') return [debianInstaller({ tool, package: 'tmux', program: 'usr/bin/tmux' }, report)]
  return [downloadInstaller(releaseOf(tool), report), buildInstaller(programs[tool], report)]
}

function fixOf(tool: ObtainableTool): string {
  if (tool === 'tmux') return `${installHint(tool)} Then start again.`
  return `Install ${tool} and put it on PATH, or allow the download, or install Go 1.26 and a C compiler; then start again.`
}

/** A program that only the system's package manager brings; `tool_missing` names the command that installs it. */
export function requireTool(tool: ToolName): string {
  const found = findTool(tool)
  if (found !== undefined) return found
  const named = process.env[`GEMBA_${tool.toUpperCase()}`]
  const why = named === undefined || named === '' ? 'it is not on PATH' : `GEMBA_${tool.toUpperCase()} names no program`
  throw new GembaError('tool_missing', { tool, why, fix: installHint(tool) })
}

/** A program that is too old is passed over, and another one got. */
async function suits(tool: ObtainableTool, path: string, report: Report): Promise<boolean> {
  if (tool === 'tmux') return true
  const text = await versionText(tool, path)
  if (text !== undefined && isRecent(tool, text)) return true
  report.line(`${tool}: ${path} is older than ${oldest[tool]} or does not run; getting another.`)
  return false
}

/** Throws `tool_too_old` for a program that is older than what Gemba works with, `tool_missing` for one that does not run. */
export async function requireRecent(tool: VersionedTool, path: string): Promise<void> {
  const text = await versionText(tool, path)
  if (text === undefined)
    throw new GembaError('tool_missing', { tool, why: `${path} does not run`, fix: newerHint(tool) })
  if (isRecent(tool, text)) return
  const found = text.replace(/^\S+ version /, '')
  throw new GembaError('tool_too_old', { tool, path, found, oldest: oldest[tool], fix: newerHint(tool) })
}

/** What brings a version that is of use; the systems' packages may be as old as what is there. */
export function newerHint(tool: VersionedTool): string {
  return `Install ${tool} ${oldest[tool]} or newer and put it first on PATH, or name it in GEMBA_${tool.toUpperCase()}.`
}

/** The release archive for this platform. */
function releaseOf(tool: 'temporal' | 'dolt'): ReleaseArchive {
  const system = process.platform === 'darwin' ? 'darwin' : 'linux'
  const machine = process.arch === 'arm64' ? 'arm64' : 'amd64'
  const version = pinned[tool]
  if (tool === 'temporal') {
    const asset = `temporal_cli_${version}_${system}_${machine}.tar.gz`
    return { tool, project: 'temporalio/cli', tag: `v${version}`, asset, member: 'temporal' }
  }
  const folder = `dolt-${system}-${machine}`
  return { tool, project: 'dolthub/dolt', tag: `v${version}`, asset: `${folder}.tar.gz`, member: `${folder}/bin/dolt` }
}
