import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createReport, type Report } from '../runtime/terminal.ts'
import { requireRoom } from '../runtime/tools/room.ts'
import { root } from './node24.mjs'

/** One thing that is built into `dist/`. */
interface Target {
  readonly name: string
  /** Files or folders whose content decides whether it must be built again. */
  readonly sources: readonly string[]
  /** What must exist afterwards, below `dist/`. */
  readonly result: string
  build(): Promise<void>
}

const dist = join(root, 'dist')
const recordFile = join(dist, '.built.json')
const code = ['model', 'runtime', 'temporal', 'store', 'planes', 'api', 'activities', 'agent', 'workers', 'cli']

const targets: readonly Target[] = [
  ...['cli/gemba', 'workers/server', 'workers/host', 'workers/beads-only', 'store/pglite-worker'].map((entry) =>
    program(entry, 'external'),
  ),
  ...['gemba-bridge', 'gemba-state', 'gemba-ask'].map((name) => program(`agent/sentinels/${name}`, 'bundle')),
  program('agent/scripted/scripted-agent', 'bundle'),
  folderCopy('store/migrations', 'migrations'),
  folderCopy('planes/work/schema', 'schema'),
  workflows(),
  console(),
]

const buildBytes = 50_000_000

/** Builds what is not up to date. Each result appears whole; one line tells what was built. */
export async function build(report: Report): Promise<void> {
  mkdirSync(dist, { recursive: true })
  const record = readRecord()
  for (const target of targets) {
    const digest = digestOf(target)
    if (record[target.name] === digest && existsSync(join(dist, target.result))) continue
    requireRoom({ what: 'The build', bytes: buildBytes, folder: dist })
    const begun = performance.now()
    await target.build()
    record[target.name] = digest
    writeFileSync(recordFile, JSON.stringify(record, null, 2))
    report.line(`build: ${target.name} (${((performance.now() - begun) / 1000).toFixed(1)} s)`)
  }
}

/** One bundled file. Sentinels hold all they need, since they run beside agents; the others use the packages. */
function program(entry: string, packages: 'external' | 'bundle'): Target {
  const name = entry.slice(entry.lastIndexOf('/') + 1)
  return {
    name,
    sources: code,
    result: `${name}.js`,
    async build() {
      const { build: bundle } = await import('esbuild')
      const { outputFiles } = await bundle({
        absWorkingDir: root,
        entryPoints: [`${entry}.ts`],
        outfile: join(dist, `${name}.js`),
        bundle: true,
        format: 'esm',
        platform: 'node',
        target: 'node24',
        packages,
        sourcemap: packages === 'external' ? 'linked' : false,
        legalComments: 'none',
        logLevel: 'error',
        write: false,
      })
      for (const file of outputFiles) replaceFile(file.path, file.contents)
    },
  }
}

function folderCopy(from: string, to: string): Target {
  return {
    name: to,
    sources: [from],
    result: to,
    build() {
      const draft = join(dist, `.${to}`)
      rmSync(draft, { recursive: true, force: true })
      cpSync(join(root, from), draft, { recursive: true })
      rmSync(join(dist, to), { recursive: true, force: true })
      renameSync(draft, join(dist, to))
      return Promise.resolve()
    },
  }
}

/** The workflows as Temporal's sandbox runs them. */
function workflows(): Target {
  return {
    name: 'workflows',
    sources: ['workflows', 'model', 'temporal'],
    result: 'workflows.js',
    async build() {
      const { bundleWorkflowCode } = await import('@temporalio/worker')
      const quiet = { trace: none, debug: none, info: none, warn: none, error: none, log: none }
      const bundle = await bundleWorkflowCode({
        workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
        logger: quiet,
      })
      replaceFile(join(dist, 'workflows.js'), bundle.code)
    },
  }
}

/** The web console. */
function console(): Target {
  return {
    name: 'web',
    sources: ['web', 'model'],
    result: 'web/index.html',
    async build() {
      const { build: buildConsole } = await import('vite')
      await buildConsole({ configFile: join(root, 'web', 'vite.config.ts'), logLevel: 'error' })
    },
  }
}

function none(): void {
  // Temporal's bundler says nothing that a person could use; it throws when something is wrong.
}

function replaceFile(path: string, content: string | Uint8Array): void {
  writeFileSync(`${path}.draft`, content)
  renameSync(`${path}.draft`, path)
}

function readRecord(): Record<string, string> {
  try {
    return JSON.parse(readFileSync(recordFile, 'utf8')) as Record<string, string>
  } catch {
    return {}
  }
}

function digestOf(target: Target): string {
  const hash = createHash('sha256')
  const always = ['package-lock.json', 'package.json', 'scripts/build.ts']
  for (const file of [...always, ...target.sources.flatMap(filesBelow)]) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

/** Source files below a folder, without tests, in a fixed order; a folder that is missing is an error when it is built. */
function filesBelow(folder: string): string[] {
  const top = join(root, folder)
  if (!existsSync(top)) return []
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts') && !entry.parentPath.includes('node_modules'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build(createReport())
