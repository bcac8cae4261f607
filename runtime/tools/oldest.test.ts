import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { isRecent, versionText } from './oldest.ts'

test.each([
  ['temporal', 'temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)', true],
  ['temporal', 'temporal version 1.10.0 (Server 1.31.0, UI 2.45.0)', true],
  ['temporal', 'temporal version 2.0.0 (Server 2.0.0, UI 3.0.0)', true],
  ['temporal', 'temporal version 1.4.9 (Server 1.28.0, UI 2.40.0)', false],
  ['temporal', 'temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)', true],
  ['temporal', 'temporal version 0.13.2 (server 1.24.1)', false],
  ['temporal', 'something else', false],
  ['git', 'git version 2.34.1', false],
  ['git', 'git version 2.38.0', true],
  ['git', 'git version 2.39.5 (Apple Git-154)', true],
  ['git', 'git version 3.0.0', true],
  ['dolt', 'dolt version 1.86.4', true],
  ['dolt', 'dolt version 1.85.9', false],
  ['dolt', 'dolt version 0.75.0', false],
  ['dolt', 'dolt version 2.0.1', true],
] as const)('%s: %s', (tool, text, recent) => {
  expect(isRecent(tool, text)).toBe(recent)
})

test('a program that fails has no version', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gemba-oldest-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const program = (name: string, script: string): string => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    return join(folder, name)
  }
  expect(await versionText('dolt', program('works', 'echo dolt version 1.90.0; echo more'))).toBe('dolt version 1.90.0')
  expect(await versionText('dolt', program('fails', 'echo dolt version 1.90.0; exit 3'))).toBeUndefined()
  expect(await versionText('dolt', join(folder, 'nowhere'))).toBeUndefined()
})
