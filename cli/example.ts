import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createExampleRepository, readExample } from '../agent/scripted/example.ts'
import { configPaths } from '../runtime/config.ts'
import { ownDataRoot } from '../runtime/data-root.ts'
import { installation } from '../runtime/installation.ts'
import { createFile, writePrivateFile } from '../runtime/secret.ts'
import { requireTool } from '../runtime/tools/ensure.ts'
import { excludeFromGit } from './git-exclude.ts'
import { exitCodes, print, say } from './output.ts'
import { ownCommand, startCommand } from './serve-options.ts'
import { agentsTemplate, projectTemplate } from './templates.ts'

/** `gemba example`: a small repository with beads about it, worked by the scripted agent. What exists is kept. */
export async function example(folder: string): Promise<number> {
  const root = resolve(folder)
  const paths = configPaths(root)
  const isNew = !existsSync(paths.project)
  if (isNew) {
    requireTool('git')
    const source = join(installation().root, 'examples', 'my-project')
    const { name, prefix } = await readExample(source)
    await createExampleRepository(source, root)
    mkdirSync(dirname(paths.project), { recursive: true })
    await excludeFromGit(root, ['/.gemba/'])
    writePrivateFile(paths.agents, agentsTemplate({ scripted: true }))
    const project = { id: 'example', name, prefix, base: 'main', example: true, agent: 'scripted' }
    createFile(paths.project, projectTemplate(project))
    say(`Created the example project in ${root}`)
  }
  // The example keeps its data with itself: whoever removes its folder has removed everything of it.
  mkdirSync(ownDataRoot(root), { recursive: true, mode: 0o700 })
  print(root)
  if (isNew && startCommand() === ownCommand) say(`Next: ${ownCommand} ${folder} --open`)
  return exitCodes.done
}
