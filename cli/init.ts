import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { configPaths, loadProject } from '../runtime/config.ts'
import { installation } from '../runtime/installation.ts'
import { createFile } from '../runtime/secret.ts'
import { agentsTemplate, projectTemplate } from './templates.ts'
import { excludeFromGit, ownPaths } from './git-exclude.ts'
import { exitCodes, print, say } from './output.ts'
import { git, repositoryRoot } from './repository-root.ts'

/** `gemba init`: makes a project of a git repository. What exists is kept. */
export async function init(folder: string, options: { input: boolean; json?: boolean }): Promise<number> {
  const root = await repositoryRoot(resolve(folder))
  const paths = configPaths(root)
  const created = existsSync(paths.project) ? [] : await create(root, options.input)
  await excludeFromGit(root, ownPaths)
  const { project } = loadProject(root)
  if (options.json === true) print(JSON.stringify({ folder: root, project: project.id, created }))
  for (const file of created) say(`Wrote ${file}`)
  if (created.length === 0) say(`${paths.project} is there already; kept as it is.`)
  if (created.includes(paths.project)) {
    say('Commit .gemba/gemba.toml and .gemba/interaction_profile.md: what git does not know, `git clean` removes.')
  }
  if (!(await hasCommits(root))) say('The repository has no commit yet: make one before you start work.')
  say(`Next: gemba serve${root === process.cwd() ? '' : ` ${root}`}`)
  return exitCodes.done
}

async function create(root: string, ask: boolean): Promise<string[]> {
  const suggested = idFrom(basename(root))
  const answers = ask && process.stdin.isTTY ? await questions(suggested) : { id: suggested, name: basename(root) }
  const paths = configPaths(root)
  mkdirSync(dirname(paths.project), { recursive: true })
  const project = projectTemplate({ ...answers, base: await currentBranch(root) })
  const missing = [paths.agents, profile(root)].filter((file) => !existsSync(file))
  for (const file of missing) {
    if (file === paths.agents) createFile(file, agentsTemplate({ scripted: false }), 0o600)
    else createFile(file, readFileSync(profileTemplate(), 'utf8'))
  }
  createFile(paths.project, project)
  return [paths.project, ...missing]
}

/** What agents are told about questions and blockers, for people to edit (seed 003). */
function profile(root: string): string {
  return join(root, '.gemba', 'interaction_profile.md')
}

function profileTemplate(): string {
  return join(installation().root, 'examples', 'interaction_profile.md')
}

async function questions(suggested: string): Promise<{ id: string; name: string }> {
  const dialog = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const id = idFrom((await dialog.question(`Short name, the prefix of bead ids [${suggested}]: `)) || suggested)
    return { id, name: (await dialog.question(`What people call it [${id}]: `)) || id }
  } finally {
    dialog.close()
  }
}

/** A project id from any text: `My Shop!` becomes `my-shop`. */
export function idFrom(text: string): string {
  const id = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 32)
  return id.replace(/-+$/, '') || 'project'
}

async function currentBranch(root: string): Promise<string> {
  const asked = await git(root, ['symbolic-ref', '--quiet', '--short', 'HEAD'])
  return asked.code === 0 ? asked.stdout.trim() : 'main'
}

async function hasCommits(root: string): Promise<boolean> {
  return (await git(root, ['rev-parse', '--verify', '--quiet', 'HEAD'])).code === 0
}
