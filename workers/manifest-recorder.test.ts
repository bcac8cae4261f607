import { mkdtempSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { deed, manifestAt } from '../planes/manifest/testing/manifests.ts'
import { openStore } from '../store/open-store.ts'
import { recordManifest } from './manifest-recorder.ts'

test('entries and states of the manifest are events, in the order they came about, until it is released', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gemba-manifest-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const store = await openStore({ at: { folder: join(folder, 'store') } })
  onTestFinished(() => store.close())
  const path = join(folder, 'm.jsonl')
  const manifest = await manifestAt(path)
  const release = recordManifest(manifest, store, pino({ level: 'silent' }))
  await Promise.all(['a', 'b', 'c'].map((title) => manifest.record(deed(title))))
  rmSync(path)
  mkdirSync(path)
  await manifest.record(deed('d'))
  rmSync(path, { recursive: true })
  await manifest.retry()
  await release()
  await manifest.record(deed('e'))
  const told = (await store.events({ after: 0, limit: 100 })).map(({ body }) => {
    if (body.kind === 'manifest.appended') return body.entry.entity.title
    return body.kind === 'manifest.changed' ? `${body.state.status} ${body.state.lost}` : body.kind
  })
  expect(told).toEqual(['a', 'b', 'c', 'failed 1', 'd', 'ok 0'])
})
