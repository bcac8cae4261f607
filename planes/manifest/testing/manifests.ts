import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { rmSync } from 'node:fs'
import type { ManifestDeed, SessionManifest } from '../../../model/manifest.ts'
import { ManifestFile } from '../manifest-file.ts'
import { openManifest, type ManifestOptions } from '../open-manifest.ts'

export const source = { kind: 'url', display: 'dolt://example/gemba' } as const
export const ada = { name: 'ada', via: 'console' } as const

/** A folder for one test. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'gemba-manifest-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** The file of manifests for one test. */
export function fileAt(path: string): ManifestFile {
  const file = new ManifestFile({ path })
  onTestFinished(() => file.close())
  return file
}

/** A manifest for one test, by default with a file of its own. */
export async function manifestAt(path: string, options: Partial<ManifestOptions> = {}): Promise<SessionManifest> {
  const manifest = await openManifest({ file: fileAt(path), source, ...options })
  onTestFinished(() => manifest.close())
  return manifest
}

/** Somebody moved a bead; with a title that tells one from another. */
export function deed(title: string, more: Partial<ManifestDeed> = {}): ManifestDeed {
  return {
    actor: ada,
    action: 'work_item.state_changed',
    entity: { type: 'bead', id: 'gm-1', title },
    before: { state_category: 'staged' },
    after: { state_category: 'started' },
    ...more,
  }
}
