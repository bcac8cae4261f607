import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { exec, run } from './exec.ts'

test('a bare name never means a program of the folder that we are in', async () => {
  const repository = mkdtempSync(join(tmpdir(), 'gemba-exec-'))
  onTestFinished(() => rmSync(repository, { recursive: true, force: true }))
  for (const name of ['ls', 'own'])
    writeFileSync(join(repository, name), '#!/bin/sh\necho the repository ran this\n', { mode: 0o755 })
  const env = { PATH: `.:${process.env['PATH'] ?? ''}` }
  expect(await run('ls', [], { cwd: repository, env })).toBe('ls\nown\n')
  await expect(exec('own', [], { cwd: repository, env })).rejects.toMatchObject({ reason: 'missing' })
})
