import { copyFile, lstat, mkdir, readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import type { NewBead } from '../../model/bead.ts'
import { GembaError } from '../../model/error.ts'
import { run } from '../../runtime/exec.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { openGit, type Git } from '../repository/git.ts'
import { identityFor } from '../repository/merge-into-base.ts'
import { findSteps, parseSteps } from './steps.ts'

/** A bead of an example. `start`: worked at once when the example is opened for the first time. */
export interface ExampleBead extends NewBead {
  readonly id: string
  readonly start: boolean
}

/** An example project as it ships. A bead comes behind its parent and behind what it depends on. */
export interface Example {
  readonly name: string
  readonly prefix: string
  readonly beads: readonly ExampleBead[]
}

const strict = { additionalProperties: false }
const text = Type.String({ minLength: 1 })
const seedSchema = Type.Object(
  {
    name: text,
    prefix: Type.String({ pattern: '^[a-z][a-z0-9]*$' }),
    beads: Type.Array(
      Type.Object(
        {
          id: Type.String({ pattern: '^[a-z][a-z0-9]*-[a-z0-9]+(\\.[0-9]+)*$' }),
          title: text,
          type: text,
          priority: Type.Integer({ minimum: 0, maximum: 4 }),
          /** One entry a line. */
          description: Type.Array(Type.String()),
          acceptance: Type.Optional(text),
          labels: Type.Optional(Type.Array(text)),
          parent: Type.Optional(text),
          dependencies: Type.Optional(Type.Array(Type.Object({ to: text, kind: text }, strict))),
          estimatedMinutes: Type.Optional(Type.Integer({ minimum: 1 })),
          start: Type.Optional(Type.Boolean()),
        },
        strict,
      ),
    ),
  },
  strict,
)

/** Reads `seed.json` of an example. Throws `config_invalid` when it is broken. */
export async function readExample(folder: string): Promise<Example> {
  const file = join(folder, 'seed.json')
  try {
    const seed: unknown = JSON.parse(await readFile(file, 'utf8'))
    return exampleOf(Value.Parse(seedSchema, seed))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new GembaError('config_invalid', { file, why }, { cause: error })
  }
}

/**
 * Makes the example's git repository in `target`: branch `main` and one commit. Repeat-safe, also after it was killed
 * half-way. A repository with commits is left as it is; a folder with other files is refused.
 */
export async function createExampleRepository(exampleFolder: string, target: string): Promise<void> {
  const source = join(exampleFolder, 'repository')
  await mkdir(target, { recursive: true })
  if ((await lstat(join(target, '.git')).catch(() => undefined)) !== undefined) {
    if (await hasCommits(await openGit(placeOf(target)))) return
  }
  const files = await filesIn(source)
  await refuseOthers(files, source, target)
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, GIT_CONFIG_NOSYSTEM: '1' }
  await run(locateTool('git'), ['init', '--quiet', '--initial-branch=main', '--template=', '--', target], { env })
  for (const file of files) {
    await mkdir(dirname(join(target, file)), { recursive: true })
    await copyFile(join(source, file), join(target, file))
  }
  const git = await openGit(placeOf(target))
  await git.run(['symbolic-ref', 'HEAD', 'refs/heads/main'])
  await git.run(['add', '--', ...files])
  const commit = ['commit', '--quiet', '--no-verify', '--no-gpg-sign', '-m', 'Begin the converter']
  await git.run(commit, { env: identityFor(git) })
}

function exampleOf(seed: Static<typeof seedSchema>): Example {
  const known = new Set<string>()
  const beads = seed.beads.map((bead): ExampleBead => {
    const missing = [bead.parent, ...(bead.dependencies ?? []).map(({ to }) => to)].find(
      (id) => id !== undefined && !known.has(id),
    )
    if (missing !== undefined) throw new Error(`${bead.id} comes before ${missing}`)
    if (known.has(bead.id)) throw new Error(`${bead.id} is there twice`)
    if (!bead.id.startsWith(`${seed.prefix}-`)) throw new Error(`${bead.id} has another prefix`)
    known.add(bead.id)
    parseSteps(findSteps(bead.description.join('\n')) ?? [])
    return { ...bead, description: bead.description.join('\n'), start: bead.start ?? false }
  })
  return { name: seed.name, prefix: seed.prefix, beads }
}

async function hasCommits(git: Git): Promise<boolean> {
  return (await git.try(['rev-parse', '--verify', '--quiet', 'HEAD'])).code === 0
}

function placeOf(target: string): { gitDir: string; workTree: string } {
  return { gitDir: join(target, '.git'), workTree: target }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)))
}

/** A folder that was half filled by us may be filled again; somebody's own files are not touched. */
async function refuseOthers(files: readonly string[], source: string, target: string): Promise<void> {
  const ours = new Set(files.map((file) => file.split('/')[0] ?? ''))
  const names = (await readdir(target)).filter((name) => name !== '.git' && name !== '.gemba' && !ours.has(name))
  for (const file of files) {
    const there = await readFile(join(target, file), 'utf8').catch(() => '')
    if (!(await readFile(join(source, file), 'utf8')).startsWith(there)) names.push(file)
  }
  if (names.length === 0) return
  const why = `the folder already holds other files (${names[0]})`
  throw new GembaError('repository_unusable', { repository: target, why })
}
