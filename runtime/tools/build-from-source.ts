import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { run, start } from '../exec.ts'
import { installation } from '../installation.ts'
import { printable } from '../printable.ts'
import type { Report } from '../terminal.ts'
import { installHint } from './install-hint.ts'
import { findProgram, findTool } from './locate.ts'
import type { Installer } from './obtain.ts'

/** A program that Go builds from its module proxy, pinned by the committed `go.mod` and `go.sum`. */
export interface GoProgram {
  readonly tool: string
  /** Folder below `runtime/tools/build`. */
  readonly folder: string
  readonly package: string
  readonly flags: readonly string[]
  /** A variable of the program that is set when it is linked, `package.Name=value`. */
  readonly variable?: string
  readonly needsCompiler: boolean
}

/** Sources and compiled packages of one program, in Go's caches. */
const buildBytes = 4_000_000_000

/** Longest that fetching the sources or compiling them may take. */
const longestMs = 45 * 60_000

/** Builds a program with the machine's Go, 1.26 or newer. Its sources are checked against the committed sums. */
export function buildInstaller(program: GoProgram, report: Report): Installer {
  return {
    name: 'build from source',
    // Nearly all of it is in Go's own caches, which may be filled already.
    needs: { bytes: buildBytes, folder: goCaches() },
    async install(_, target) {
      const go = findTool('go')
      if (go === undefined) throw new Error(`it needs Go 1.26 or newer: ${installHint('go')}`)
      if (program.needsCompiler && compiler() === undefined)
        throw new Error(`it needs a C compiler: ${installHint('cc')}`)
      const cwd = join(installation().root, 'runtime', 'tools', 'build', program.folder)
      const env = { ...process.env, GOFLAGS: '-buildvcs=false', GOSUMDB: 'off', GOWORK: 'off' }
      const version = await goVersion(go, cwd, env)
      report.line(`${program.tool}: building it with ${version}; this takes some minutes, once.`)
      const packages = await fetchSources(go, program, cwd, env, report)
      await compile(go, program, cwd, env, target, packages, report)
      return { way: 'build', package: program.package, go: version, ...pinOf(cwd, program) }
    },
  }
}

function goCaches(): string {
  return process.env['GOCACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'go-build')
}

function compiler(): string | undefined {
  return [process.env['CC'] ?? 'cc', 'gcc', 'clang'].map((name) => findProgram(name)).find((path) => path !== undefined)
}

/** Asked in the folder of `go.mod`, so that a Go that brings its own newer toolchain counts as that. */
async function goVersion(go: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const text = await run(go, ['version'], { cwd, env, timeout: 300_000 }).catch((error: unknown) =>
    Promise.reject(new Error(`it needs Go 1.26 or newer (${error instanceof Error ? error.message : 'go failed'})`)),
  )
  const [, version, minor] = /\b(go1\.(\d+)\S*)/.exec(text) ?? []
  if (version === undefined || Number(minor) < 26) throw new Error(`it needs Go 1.26 or newer, not ${text.trim()}`)
  return version
}

/** Downloads the modules that are needed; returns how many packages there are to compile. */
async function fetchSources(
  go: string,
  program: GoProgram,
  cwd: string,
  env: NodeJS.ProcessEnv,
  report: Report,
): Promise<number> {
  let modules = 0
  let packages = 0
  await follow(
    go,
    ['list', '-mod=readonly', '-deps', ...program.flags, program.package],
    { cwd, env },
    (line, stream) => {
      if (stream === 'stdout') packages += 1
      else if (line.startsWith('go: downloading'))
        report.progress(`${program.tool}: sources`, ++modules, undefined, 'packages')
    },
  )
  report.endProgress()
  return packages
}

async function compile(
  go: string,
  program: GoProgram,
  cwd: string,
  env: NodeJS.ProcessEnv,
  target: string,
  total: number,
  report: Report,
): Promise<void> {
  let built = 0
  const link = ['-s -w', ...(program.variable === undefined ? [] : [`-X ${program.variable}`])].join(' ')
  const flags = ['-mod=readonly', '-v', '-ldflags', link, ...program.flags]
  await follow(go, ['build', ...flags, '-o', target, program.package], { cwd, env }, (line, stream) => {
    if (stream === 'stderr' && !line.startsWith('go: ')) {
      report.progress(`${program.tool}: compiling`, ++built, total, 'packages')
    }
  })
  report.endProgress()
}

/** The module and version that `go.mod` pins for the program. */
function pinOf(cwd: string, program: GoProgram): Record<string, string> {
  const lines = readFileSync(join(cwd, 'go.mod'), 'utf8')
    .split('\n')
    .map((line) => line.trim().split(' '))
  const pin = lines.find(
    ([name, version]) => version?.startsWith('v') === true && program.package.startsWith(`${name}/`),
  )
  return { module: pin?.[0] ?? '', version: pin?.[1] ?? '' }
}

type Line = (line: string, stream: 'stdout' | 'stderr') => void

/** Runs Go to its end, line by line. A failure carries the last lines it said. */
function follow(
  go: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
  line: Line,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = start(go, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], timeout: longestMs })
    const last: string[] = []
    for (const stream of ['stdout', 'stderr'] as const) {
      const source = child[stream]
      if (source === null) continue
      createInterface({ input: source }).on('line', (text) => {
        if (stream === 'stderr') last.push(text)
        if (last.length > 5) last.shift()
        line(text, stream)
      })
    }
    child.once('error', reject)
    child.once('close', (code, by) => {
      const said = printable(last.join('; '), 600)
      if (code === 0) resolve()
      else reject(new Error(`go ended with ${code ?? by ?? 'unknown'}: ${said}`))
    })
  })
}
