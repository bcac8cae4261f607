import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What Gemba keeps in `.beads`. bd has git ignore every `*.lock` there. */
export function gembaFolder(beads: string): string {
  return join(beads, 'gemba.lock')
}

/** Is touched with every write, so that other processes know at once that there is something to read. */
export function hintFile(beads: string): string {
  return join(gembaFolder(beads), 'changed')
}

/** Tells other processes of a write. */
export async function hint(beads: string): Promise<void> {
  const file = hintFile(beads)
  const now = new Date()
  await utimes(file, now, now).catch(async () => {
    await mkdir(gembaFolder(beads), { recursive: true, mode: 0o700 })
    await writeFile(file, '', { mode: 0o600 })
  })
}
