import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testFolder } from '../repository/test-repository.ts'
import { confineTo } from './confined-files.ts'

test('writes and appends below its folder', async () => {
  const root = await testFolder()
  const files = confineTo(root)
  files.write('a/b/c.txt', 'one\n')
  files.append('a/b/c.txt', 'two\n')
  files.append('-x', 'three\n')
  expect(readFileSync(join(root, 'a/b/c.txt'), 'utf8')).toBe('one\ntwo\n')
  files.write('a/b/c.txt', '')
  expect(readFileSync(join(root, 'a/b/c.txt'), 'utf8')).toBe('')
})

test.each(['../x', '/tmp/x', 'a/../../x', '', '.', 'a//b', '.git/config', 'a/.GIT/hooks/x', 'a\0b', 'a\\..\\b'])(
  'refuses %j',
  async (path) => {
    expect(() => confineTo('/nonexistent').write(path, 'x')).toThrow('not a path in the worktree')
  },
)

test('does not go through symbolic links', async () => {
  const [root, outside] = [await testFolder(), await testFolder()]
  symlinkSync(outside, join(root, 'folder'))
  symlinkSync(join(outside, 'file.txt'), join(root, 'file.txt'))
  mkdirSync(join(root, 'own'))
  const files = confineTo(root)
  expect(() => files.write('folder/x.txt', 'x')).toThrow('not a folder')
  expect(() => files.write('file.txt', 'x')).toThrow()
  expect(existsSync(join(outside, 'x.txt')) || existsSync(join(outside, 'file.txt'))).toBe(false)
})
