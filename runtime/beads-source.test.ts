import { expect, it } from 'vitest'
import { sourceDisplay } from './beads-source.ts'

it.each([
  ['mysql://root:secret@127.0.0.1:3307/gemba', 'mysql://root@127.0.0.1:3307/gemba'],
  ['dolt://me:p%40ss@db.example/gemba?tls=true', 'dolt://me@db.example:3306/gemba'],
  ['mysql://[::1]:3307/x', 'mysql://root@[::1]:3307/x'],
  ['mysql://db', 'mysql://root@db:3306/beads'],
])('%s is shown without its password', (url, display) => {
  expect(sourceDisplay({ kind: 'url', url })).toEqual({ kind: 'url', display })
})

it('a folder is shown as it is', () => {
  expect(sourceDisplay({ kind: 'worktree', folder: '/work' })).toEqual({ kind: 'worktree', display: '/work' })
})
