import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDataFolder, dataFolderOf, lockProject } from '../runtime/data-folder.ts'
import { CommandLine } from './testing/command-line.ts'

let line: CommandLine

beforeEach(() => {
  line = new CommandLine()
})

afterEach(() => line.release())

describe('gemba serve refuses', () => {
  beforeEach(() => line.project())

  test('to listen beyond the loopback without sign-in', async () => {
    const result = await line.gemba(['serve', '--listen', '0.0.0.0:7666', '--auth', 'none'])
    expect(result.code).toBe(1)
    expect(result.stderr).toContain('bind_refused: Refusing to be reached at 0.0.0.0:7666 without sign-in.')
  })

  test('to be reached by others through a proxy without sign-in', async () => {
    const toOthers = ['--public-url', 'https://gemba.example/console']
    const flagged = await line.gemba(['serve', '--auth', 'none', ...toOthers])
    expect(flagged.code).toBe(1)
    expect(flagged.stderr).toContain('bind_refused: Refusing to be reached at https://gemba.example without sign-in.')
    const written = await line.gemba(['serve', '--auth', 'none'], { GEMBA_PUBLIC_URL: 'https://192.0.2.7:8443' })
    expect(written.stderr).toContain('bind_refused: Refusing to be reached at https://192.0.2.7:8443 without sign-in.')
    // With another thing missing, so that nothing is started.
    const env = { GEMBA_TMUX: join(line.folder, 'none') }
    for (const own of ['http://localhost:8000', 'http://[::1]:8000']) {
      const { stderr } = await line.gemba(['serve', '--auth', 'none', '--public-url', own], env)
      expect(stderr, own).toContain('tool_missing: tmux')
    }
  })

  test('a second start, with pid and URL', async () => {
    const lock = await lockProject(
      createDataFolder(dataFolderOf(line.folder, join(line.folder, '.gemba/data'))),
      'http://127.0.0.1:7999',
    )
    const result = await line.gemba(['serve', '--json'])
    lock.release()
    expect(result.code).toBe(4)
    expect(JSON.parse(result.stderr)).toMatchObject({
      code: 'already_running',
      message: `Gemba is already running on this project: process ${process.pid}, http://127.0.0.1:7999.`,
    })
  })

  test('a port that another program has', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const result = await line.gemba(['serve', '--listen', `127.0.0.1:${port}`])
    await new Promise((resolve) => other.close(resolve))
    expect(result.code).toBe(4)
    expect(result.stderr).toContain(`port_in_use: Port ${port} is in use`)
    expect(result.stderr).toMatch(/`gemba serve --listen 127\.0\.0\.1:\d+`/)
  })

  test.each([
    ['--listen', '7667', 'gemba serve --listen 127.0.0.1:7667'],
    ['--listen', '127.0.0.1:99999', 'gemba serve --listen 127.0.0.1:7667'],
    ['--listen', 'http://127.0.0.1:7667', 'gemba serve --listen 127.0.0.1:7667'],
    ['--public-url', 'gemba.example', 'gemba serve --public-url https://gemba.example'],
  ])('%s %s, with an example of what is right', async (flag, value, example) => {
    const { code, stderr } = await line.gemba(['serve', flag, value])
    expect(code).toBe(2)
    expect(stderr).toContain(`usage: ${flag} ${value} is not an address`)
    expect(stderr).toContain(example)
  })

  test('terminals that are not driven, and takes tmux by its name', async () => {
    for (const backend of ['iTerm2', 'Terminal.app']) {
      const { code, stderr } = await line.gemba(['serve', `--backend=${backend}`, '--orchestration=native'])
      expect(code).toBe(1)
      expect(stderr).toMatch(new RegExp(`^backend_unavailable: The terminals of ${backend} .*only on macOS`))
    }
    expect(await line.gemba(['serve', '--backend=screen'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('gemba serve --backend tmux') as string,
    })
    const env = { GEMBA_TMUX: join(line.folder, 'none') }
    const { stderr } = await line.gemba(['serve', '--backend=tmux', '--orchestration=native'], env)
    expect(stderr).toMatch(/^tool_missing: tmux/)
  })

  test('orchestration in Beads-only mode', async () => {
    const beads = ['serve', '--beads-only', '--beads-url', 'mysql://root@127.0.0.1:1/none', '--orchestration=native']
    const { code, stderr } = await line.gemba(beads)
    expect(code).toBe(2)
    expect(stderr).toContain('--orchestration native does not go with Beads-only mode')
  })

  test('a broken configuration, with its place', async () => {
    writeFileSync(join(line.folder, '.gemba/gemba.toml'), '[project]\nid = "shop"\nprefx = "x"\n')
    const result = await line.gemba(['serve'])
    expect(result.code).toBe(1)
    expect(result.stderr).toContain('.gemba/gemba.toml:3: unknown key project.prefx; did you mean project.prefix?')
  })

  test('a log level that there is not, before anything is started', async () => {
    const env = { GEMBA_LOG_LEVEL: 'verbose', GEMBA_TMUX: join(line.folder, 'none') }
    const { code, stderr } = await line.gemba(['serve'], env)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^config_invalid: environment GEMBA_LOG_LEVEL: "verbose" .*use debug, info, warn, error\n/)
    const unset = await line.gemba(['serve'], { ...env, GEMBA_LOG_LEVEL: '' })
    expect(unset.stderr).toContain('tool_missing: tmux')
  })

  test('a folder without a project', async () => {
    rmSync(join(line.folder, '.gemba'), { recursive: true })
    expect(await line.gemba(['serve'])).toMatchObject({ code: 3, stdout: '' })
  })

  test('when a program is missing, naming the command that brings it', async () => {
    const result = await line.gemba(['serve'], { GEMBA_TMUX: join(line.folder, 'none') })
    expect(result.code).toBe(1)
    expect(result.stderr).toMatch(/^tool_missing: tmux was not found.*\n {2}(Run|Install)/)
  })
})
