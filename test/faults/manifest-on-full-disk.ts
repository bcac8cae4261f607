import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ManifestState } from '../../model/manifest.ts'
import { ManifestFile } from '../../planes/manifest/manifest-file.ts'
import { openManifest } from '../../planes/manifest/open-manifest.ts'
import { exec } from '../../runtime/exec.ts'
import { fill, free } from './fill-disk.ts'

/** The states of a manifest whose disk is full, has room again, is read-only, and is not any more; and what it holds then. */
export interface ManifestOutcome {
  readonly states: Readonly<Record<'full' | 'room' | 'readOnly' | 'after', ManifestState>>
  readonly titles: readonly string[]
  readonly kinds: readonly string[]
  readonly lines: number
}

const path = join(tmpdir(), '.gemba', 'session-manifest.jsonl')
const file = new ManifestFile({ path })
const manifest = await openManifest({ file, source: { kind: 'url', display: 'dolt://example/gemba' } })

async function record(title: string): Promise<ManifestState> {
  const entity = { type: 'bead', id: 'gm-1', title } as const
  const after = { notes: 'x'.repeat(900) }
  await manifest.record({ actor: { name: 'ada', via: 'api' }, action: 'work_item.edited', entity, before: {}, after })
  return manifest.state()
}

async function remount(how: 'ro' | 'rw'): Promise<void> {
  const { code, stderr } = await exec('mount', ['-o', `remount,${how}`, tmpdir()])
  if (code !== 0) throw new Error(stderr)
}

await record('first')
fill()
for (let n = 0; n < 8; n += 1) await record(`full ${n}`)
const full = manifest.state()
free()
const room = await manifest.retry()
await remount('ro')
const readOnly = await record('read-only')
await remount('rw')
const after = await record('last')
const { items, warnings } = await manifest.page({ limit: 50 })
await manifest.close()
await file.close()
const outcome: ManifestOutcome = {
  states: { full, room, readOnly, after },
  titles: items.map(({ entity }) => entity.title).reverse(),
  kinds: warnings.map(({ kind }) => kind),
  lines: readFileSync(path, 'utf8').split('\n').length - 1,
}
process.stdout.write(JSON.stringify(outcome))
