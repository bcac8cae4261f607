import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder with a `.beads`, and a shell script in the place of `bd`. */
export interface DoubleBd {
  readonly root: string
  readonly env: NodeJS.ProcessEnv
  /** The arguments of each run so far, in their order. */
  runs(): Promise<string[][]>
  release(): Promise<void>
}

/** `script` runs in sh, after its arguments were noted; `$ROOT` is the folder. */
export async function doubleBd(script: string): Promise<DoubleBd> {
  const root = await mkdtemp(join(tmpdir(), 'gemba-double-'))
  await mkdir(join(root, '.beads'))
  await writeFile(join(root, '.beads', 'metadata.json'), JSON.stringify({ dolt_mode: 'embedded', dolt_database: 'gm' }))
  const program = join(root, 'bd')
  const note = `ROOT=${root}\n{ for each in "$@"; do printf '%s\\037' "$each"; done; printf '\\036'; } >> "$ROOT/runs"\n`
  await writeFile(program, `#!/bin/sh\n${note}${script}\n`)
  await chmod(program, 0o755)
  const env = { PATH: process.env['PATH'], HOME: root, GEMBA_BD: program }
  return {
    root,
    env,
    runs: async () => {
      const said = await readFile(join(root, 'runs'), 'utf8').catch(() => '')
      const all = said.split('\u001e').filter((run) => run !== '')
      return all.map((run) => run.split('\u001f').slice(0, -1))
    },
    release: () => rm(root, { recursive: true, force: true }),
  }
}
