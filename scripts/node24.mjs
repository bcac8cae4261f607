// Plain JavaScript for Node 20 and newer, without dependencies: everything else needs Node 24.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../runtime/tools/cache-folder.mjs'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const version = '24.21.0'
const separate = ['linux-x64', 'linux-arm64', 'darwin-x64']

/** The path of a Node 24 or newer: our own, or one that npm puts into the cache. Never a global one is changed. */
export async function node24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  const platform = `${process.platform}-${process.arch}`
  const name = separate.includes(platform) ? `node-${platform}` : 'node'
  const cache = cacheFolder()
  const target = join(cache, 'tools', `node-${version}`)
  const program = join(target, 'node_modules', name, 'bin', 'node')
  if (existsSync(program)) return program
  process.stderr.write(`node: getting Node ${version} by npm (this one is ${process.version}).\n`)
  mkdirSync(join(cache, 'tools'), { recursive: true })
  const draft = mkdtempSync(join(cache, 'tools', '.partial-node-'))
  try {
    writeFileSync(join(draft, 'package.json'), '{"private":true}')
    const code = await relay('npm', ['install', '--no-audit', '--no-fund', '--no-save', `${name}@${version}`], {
      cwd: draft,
      env: Object.fromEntries(Object.entries(process.env).filter(([key]) => key !== 'GEMBA_BEADS_URL')),
      stdio: ['ignore', 2, 'inherit'],
    })
    if (code !== 0) throw new Error(`npm could not install ${name}@${version}; install Node 24 and start again.`)
    place(draft, target, program)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return program
}

/** Another start may have been first; then its copy stays. */
function place(draft, target, program) {
  try {
    renameSync(draft, target)
  } catch (error) {
    if (existsSync(program)) return
    rmSync(target, { recursive: true, force: true })
    renameSync(draft, target)
  }
}

/** Runs a program in our place: same terminal, signals passed on, its exit code returned. */
export function relay(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['inherit', 'inherit', 'inherit'], shell: false, ...options })
    const pass = (signal) => child.kill(signal)
    const wait = () => undefined
    process.on('SIGTERM', pass)
    process.on('SIGHUP', pass)
    process.on('SIGINT', wait)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      process.off('SIGTERM', pass)
      process.off('SIGHUP', pass)
      process.off('SIGINT', wait)
      resolve(code ?? 128 + (constants.signals[signal] ?? 0))
    })
  })
}

/**
 * Runs one of our TypeScript files, or a built one, on Node 24 and ends with its exit code. The address of a Beads
 * database may hold a password, and everybody on the machine can read the arguments of a process: it goes by the
 * environment, and `cli/beads-url-argument.ts` takes it out again.
 */
export async function runOnNode24(file, args) {
  try {
    const node = await node24()
    const env = { ...process.env, PATH: `${dirname(node)}:${process.env['PATH'] ?? ''}` }
    const plain = args.map((argument, at) => {
      const [, option = '', joined] = /^(--beads-url=)?(.*)$/s.exec(argument)
      if (option === '' && args[at - 1] !== '--beads-url') return argument
      env.GEMBA_BEADS_URL_ARGUMENT = joined
      return `${option}env:GEMBA_BEADS_URL_ARGUMENT`
    })
    process.exitCode = await relay(node, ['--disable-warning=ExperimentalWarning', file, ...plain], { env })
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
