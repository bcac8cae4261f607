import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stage } from './dockerfile.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The paths of the checkout that the images hold, each with the folder below `/app` that it is put into. */
export function appPaths(): { readonly from: string; readonly into: string }[] {
  return stage('app').commands.flatMap(([command, ...words]) => {
    if (command !== 'cp') return []
    const paths = words.filter((word) => !word.startsWith('-'))
    const into = (paths.pop() ?? '').replace(/^\/out\//, '')
    return paths.map((from) => ({ from, into }))
  })
}

/** Makes `/app` as the images have it; the packages stand where they are. */
export function makeApp(app: string): void {
  for (const { from, into } of appPaths()) {
    const [source, target] = [join(root, from), join(app, into, basename(from))]
    if (!existsSync(source)) throw new Error(`${source} is not there: run \`npm run build\``)
    mkdirSync(dirname(target), { recursive: true })
    if (from === 'node_modules') symlinkSync(source, target)
    else cpSync(source, target, { recursive: true })
  }
}
