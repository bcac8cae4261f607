import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exec, run } from '../exec.ts'
import { silentReport } from '../testing/silent-report.ts'
import { debianInstaller } from './debian-package.ts'

const asked = await exec('apt-get', ['download', '--print-uris', '--', 'tmux']).catch(() => undefined)
const hasPackages = asked?.code === 0 && asked.stdout !== ''

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gemba it's #1 "))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.skipIf(!hasPackages)(
  'tmux out of its Debian package runs, and passes no trace on to what it starts',
  async () => {
    const [download, draft] = [join(folder, 'download'), join(folder, 'draft')]
    for (const each of [download, draft]) mkdirSync(each)
    const program = { tool: 'tmux', package: 'tmux', program: 'usr/bin/tmux' }
    const target = join(draft, 'tmux')
    const origin = await debianInstaller(program, silentReport).install(download, target)
    expect(origin['packages']).toMatch(/tmux_.*\.deb/)

    expect(await run('/bin/sh', [target, '-V'])).toMatch(/^tmux \d/)
    const tmux = (...args: string[]): Promise<string> =>
      run('/bin/sh', [target, '-S', join(folder, 'socket'), '-f', '/dev/null', ...args])
    try {
      await tmux('new-session', '-d', '-s', 'a', 'sleep 60')
      expect((await tmux('list-sessions', '-F', '#{session_name}')).trim()).toBe('a')
      const seen = await tmux('show-environment', '-g')
      expect(seen).not.toContain('LD_')
    } finally {
      await tmux('kill-server')
    }
  },
  120_000,
)
