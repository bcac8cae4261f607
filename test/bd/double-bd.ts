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

/** Answers as bd would on a database of one bead; `$ROOT/title` is its title. */
export const answeringBd = (version = '1.0.3') => `
case "$*" in
  'dolt remote list'*) cat "$ROOT/remotes"; exit;;
  'dolt remote add'*broken*) echo '{"error":"Error 1105: broken","code":"remote_add_failed"}'; exit 1;;
  'dolt remote'*) echo '{}'; exit;;
esac
case "$1" in
  version) echo '{"version":"${version}","schema_version":1}';;
  config) echo '{"issue_prefix":"gm","schema_version":1}';;
  statuses|types) echo '{"schema_version":1}';;
  export) [ -e "$ROOT/broken" ] && { echo '{"error":"the moon is full"}'; exit 1; }
    echo '{"_type":"issue","id":"gm-1","title":"'$(cat "$ROOT/title")'","status":"open","priority":2,"issue_type":"task","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}';;
  *) echo "Error: unexpected $*" >&2; exit 1;;
esac`
