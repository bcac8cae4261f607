import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where this copy of Gemba is, and how its programs are started. */
export interface Installation {
  readonly root: string
  readonly version: string
  /** True when it runs from `dist/`, as an installed package does; false from source. */
  readonly built: boolean
}

let known: Installation | undefined

/** The installation that this code is part of. */
export function installation(): Installation {
  known ??= find(dirname(fileURLToPath(import.meta.url)))
  return known
}

/** The file to run for one of Gemba's own processes. */
export function entryFile(name: 'server' | 'host' | 'beads-only' | 'gemba'): string {
  const { root, built } = installation()
  if (built) return join(root, 'dist', `${name}.js`)
  return name === 'gemba' ? join(root, 'cli', 'gemba.ts') : join(root, 'workers', `${name}.ts`)
}

/** The built console, or null when there is none. */
export function webFolder(): string | null {
  const folder = join(installation().root, 'dist', 'web')
  return existsSync(join(folder, 'index.html')) ? folder : null
}

function find(start: string): Installation {
  for (let folder = start; dirname(folder) !== folder; folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    if (!existsSync(file)) continue
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string }
    if (manifest.name === 'gemba') {
      return { root: folder, version: manifest.version ?? '0.0.0', built: start.startsWith(join(folder, 'dist')) }
    }
  }
  throw new Error('this code is not inside an installed gemba package')
}
