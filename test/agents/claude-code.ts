import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { waitForLock } from '../../runtime/file-lock.ts'
import { exec, run } from '../../runtime/exec.ts'
import { cacheFolder } from '../../runtime/tools/cache-folder.mjs'
import { findProgram, findTool } from '../../runtime/tools/locate.ts'

/**
 * The version that the tests get where the machine has none. It is proprietary: no dependency of Gemba and never part of
 * it, only installed by npm on demand, into the cache, for these tests.
 */
const name = '@anthropic-ai/claude-code'
const version = '2.1.329'
const installMs = 10 * 60_000

/** The real Claude Code: `GEMBA_CLAUDE`, PATH, the cache, else npm. Throws with what mends it when there is none. */
export async function claudeCode(): Promise<string> {
  const named = process.env['GEMBA_CLAUDE'] ?? ''
  const found = findTool('claude')
  if (found !== undefined) return found
  if (named !== '')
    throw new Error(`GEMBA_CLAUDE names ${named}, which is no program. Name Claude Code's, or unset it.`)
  const folder = join(cacheFolder(), 'agents', `claude-code-${version}`)
  const program = join(folder, 'node_modules', '.bin', 'claude')
  if (await works(program)) return program
  const lock = await waitForLock(join(cacheFolder(), 'agents', 'claude-code.lock'), 'installing Claude Code for tests')
  try {
    if (!(await works(program))) await install(folder)
    if (await works(program)) return program
  } catch (error) {
    throw missing(error)
  } finally {
    lock.release()
  }
  throw missing(undefined)
}

/**
 * A home folder in which Claude Code asks nothing before it starts: the key is known and `trusted` folders, with all
 * below them, are trusted. Commits get an author.
 */
export function prepareHome(home: string, trusted: readonly string[]): void {
  const settled = { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true }
  const state = {
    hasCompletedOnboarding: true,
    theme: 'dark',
    customApiKeyResponses: { approved: ['sk-test'], rejected: [] },
    projects: Object.fromEntries(trusted.map((folder) => [folder, settled])),
  }
  mkdirSync(temporaryFolder(home), { recursive: true })
  writeFileSync(join(home, '.claude.json'), JSON.stringify(state))
  writeFileSync(join(home, '.gitconfig'), '[user]\n\tname = Agent\n\temail = agent@localhost\n')
}

/** What makes Claude Code talk to the scripted model alone. */
export function claudeEnvironment(home: string, model: string): Record<string, string> {
  return {
    HOME: home,
    // An agent inherits none, and Claude Code never removes what it keeps there.
    TMPDIR: temporaryFolder(home),
    ANTHROPIC_BASE_URL: model,
    ANTHROPIC_API_KEY: 'sk-test',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_AUTOUPDATER: '1',
  }
}

function temporaryFolder(home: string): string {
  return join(home, 'tmp')
}

/** Takes a person's own Claude Code settings out of our environment, which the agents inherit. */
export function forgetOwnClaude(): void {
  for (const key of Object.keys(process.env)) if (/^(?:ANTHROPIC|CLAUDE)/.test(key)) delete process.env[key]
}

async function install(folder: string): Promise<void> {
  const npm = findProgram('npm')
  if (npm === undefined) throw new Error('npm is not on PATH')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const quiet = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--loglevel=error']
  await run(npm, ['install', '--prefix', folder, ...quiet, `${name}@${version}`], { cwd: folder, timeout: installMs })
  // Puts the platform's program in its place; npm may be set up not to run it.
  const own = join(folder, 'node_modules', name)
  await run(process.execPath, [join(own, 'install.cjs')], { cwd: own, timeout: installMs })
}

async function works(program: string): Promise<boolean> {
  if (!existsSync(program)) return false
  const said = await exec(program, ['--version'], { timeout: 60_000 }).catch(() => undefined)
  return said?.code === 0 && said.stdout.includes(version)
}

function missing(cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : 'what was installed does not run'
  const fix = `Run \`npm install -g ${name}\`, or name the program in GEMBA_CLAUDE`
  return new Error(`Claude Code ${version} could not be obtained by npm: ${why}. ${fix}.`, { cause })
}
