import { mkdtempSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import type { SessionManifest } from '../model/manifest.ts'
import { deed, fileAt, manifestAt } from '../planes/manifest/testing/manifests.ts'
import { openStore } from '../store/open-store.ts'
import { recordManifests, type ManifestSources } from './manifest-recorder.ts'

async function bench() {
  const folder = mkdtempSync(join(tmpdir(), 'gemba-manifest-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const store = await openStore({ at: { folder: join(folder, 'store') } })
  onTestFinished(() => store.close())
  const listeners: Parameters<ManifestSources['onSelect']>[0][] = []
  const release = recordManifests(
    { onSelect: (listener) => void listeners.push(listener) },
    store,
    pino({ level: 'silent' }),
  )
  const told = async (): Promise<string[]> =>
    (await store.events({ after: 0, limit: 100 })).map(({ body }) => {
      if (body.kind === 'manifest.appended') return body.entry.entity.title
      return body.kind === 'manifest.changed' ? `${body.state.status} ${body.state.lost}` : body.kind
    })
  const select = (manifest: SessionManifest): void => {
    for (const listener of listeners) listener({ manifest })
  }
  return { path: join(folder, 'm.jsonl'), release, told, select }
}

test('entries and states of the manifest are events, in the order they came about, until it is released', async () => {
  const { path, release, told, select } = await bench()
  const manifest = await manifestAt(path)
  select(manifest)
  await Promise.all(['a', 'b', 'c'].map((title) => manifest.record(deed(title))))
  rmSync(path)
  mkdirSync(path)
  await manifest.record(deed('d'))
  rmSync(path, { recursive: true })
  await manifest.retry()
  await release()
  await manifest.record(deed('e'))
  expect(await told()).toEqual(['ok 0', 'a', 'b', 'c', 'failed 1', 'd', 'ok 0'])
})

test('of a source that was left nothing more is told, and the state of the next one follows whatever came before', async () => {
  const { path, release, told, select } = await bench()
  const file = fileAt(path)
  const before = await manifestAt(path, { file })
  select(before)
  await before.record(deed('a'))
  const after = await manifestAt(path, { file, source: { kind: 'beads_dir', display: '/work' }, off: 'Read-only.' })
  select(after)
  await before.record(deed('late'))
  after.access(null)
  await after.record(deed('b'))
  await release()
  expect(await told()).toEqual(['ok 0', 'a', 'off 0', 'ok 0', 'b'])
})
