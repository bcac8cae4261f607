import { fileURLToPath } from 'node:url'

/** Programs of this package that run on their own, beside the host. */
export type EntryName = 'gemba-bridge' | 'gemba-state' | 'gemba-ask' | 'scripted-agent'

/** The file to give to Node: the source when we run from source, else the bundle that stands beside ours. */
export function entryPath(name: EntryName): string {
  if (!import.meta.url.endsWith('.ts')) return fileURLToPath(new URL(`./${name}.js`, import.meta.url))
  const folder = name === 'scripted-agent' ? 'scripted' : 'sentinels'
  return fileURLToPath(new URL(`./${folder}/${name}.ts`, import.meta.url))
}
