import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { run } from '../../runtime/exec.ts'
import { readRegularFile } from './regular-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'gemba-regular-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('readRegularFile', () => {
  it('reads the end of a file', () => {
    writeFileSync(join(folder, 'a'), 'one two')
    expect(readRegularFile(join(folder, 'a'), 3)).toBe('two')
  })

  it('neither waits at a pipe nor follows a link', async () => {
    await run('mkfifo', [join(folder, 'pipe')])
    symlinkSync('/etc/hosts', join(folder, 'link'))
    expect(readRegularFile(join(folder, 'pipe'), 10)).toBeUndefined()
    expect(readRegularFile(join(folder, 'link'), 10)).toBeUndefined()
    expect(readRegularFile(folder, 10)).toBeUndefined()
    expect(readRegularFile(join(folder, 'nothing'), 10)).toBeUndefined()
  })
})
