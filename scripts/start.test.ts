import { expect, test } from 'vitest'
import { exec } from '../runtime/exec.ts'
import { root } from './node24.mjs'

/** `npm start` as a person types it; what is refused or only told starts nothing. */
function npmStart(...words: string[]): ReturnType<typeof exec> {
  return exec('npm', ['start', ...words], { cwd: root, env: { ...process.env, npm_config_loglevel: 'silent' } })
}

test('npm start refuses an address that is none, before any set-up, naming the command that works', async () => {
  for (const words of [['--listen', '7667'], ['--listen=7667'], ['--listen=']]) {
    const { code, stderr } = await npmStart('--', ...words)
    expect(code).toBe(2)
    expect(stderr).toContain('is not an address and port, such as: npm start -- --listen 127.0.0.1:7667')
  }
})

test('npm start says where options belong when npm kept them for itself', async () => {
  const { code, stderr } = await npmStart('--listen', '127.0.0.1:7999')
  expect(code).toBe(2)
  expect(stderr).toContain('npm start takes its options behind two dashes: npm start -- --listen 127.0.0.1:7999')
})

test('npm start -- --help tells what it does and the options it has', async () => {
  expect(await npmStart('--', '--help')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('--listen') as string,
  })
})
