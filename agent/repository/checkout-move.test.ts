import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { start } from '../../runtime/exec.ts'
import { isAlive, type ProcessIdentity } from '../../runtime/process-identity.ts'
import { openRepositories } from './repositories.ts'
import { request, testRepository, type TestRepository } from './test-repository.ts'

const repositories = openRepositories()
const integrate = (at: TestRepository) => repositories.integrate(request(at.repository, 'mp-1'))
const names = (letter: string, count: number) =>
  Array.from({ length: count }, (_, number) => `${letter}${number + 100}`)
const slow = names('m', 10)

/**
 * A repository whose base is checked out, and a bead that changes a thousand of its files. Those in the middle are
 * written slowly, by a filter of the person's own, so that a test can come between.
 */
async function bigMerge(): Promise<TestRepository> {
  const at = await testRepository()
  const global = join(at.folder, 'gitconfig')
  await writeFile(global, '[filter "slow"]\n\tsmudge = "sleep 0.3; cat"\n')
  process.env['GIT_CONFIG_GLOBAL'] = global
  const write = (folder: string, files: readonly string[], text: string) =>
    Promise.all(files.map((file) => writeFile(join(folder, file), `${file} ${text}\n`)))
  const many = [...names('a', 500), ...names('z', 500)]
  await write(at.repository.path, many, 'base')
  await at.write('.gitattributes', 'm* filter=slow\n')
  await at.git(['add', '--all'])
  await at.git(['commit', '--quiet', '-m', 'Many'])
  const { path } = await repositories.ensureWorktree({ repository: at.repository, bead: 'mp-1' })
  await write(path, [...many, ...slow], 'changed')
  await at.git(['rm', '--quiet', '--', 'README.md'], path)
  await at.git(['add', '--all'], path)
  await at.git(['commit', '--quiet', '-m', 'Work'], path)
  return at
}

/** A host in a process group of its own, as the supervisor starts it, in the middle of the merge; and its git. */
async function hostInTheMiddle(at: TestRepository): Promise<{ git: ProcessIdentity; kill: () => Promise<void> }> {
  const module = new URL('./repositories.ts', import.meta.url).href
  const program = `
    const { openRepositories } = await import(${JSON.stringify(module)})
    await openRepositories().integrate(${JSON.stringify(request(at.repository, 'mp-1'))})`
  const host = start(process.execPath, ['--input-type=module', '-e', program], { detached: true, stdio: 'ignore' })
  const ended = once(host, 'exit')
  const kill = async () => {
    if (host.exitCode !== null || host.signalCode !== null) return
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) process.kill(-(host.pid ?? 0), signal)
    await ended
  }
  onTestFinished(kill)
  return { git: await gitInTheMiddle(at), kill }
}

async function gitInTheMiddle({ repository }: TestRepository): Promise<ProcessIdentity> {
  while (!existsSync(join(repository.path, slow[3] ?? ''))) await pause(5)
  const notes = join(repository.path, '.git', 'gemba')
  const note = (await readdir(notes)).find((name) => name.endsWith('.move')) ?? ''
  const { git } = JSON.parse(readFileSync(join(notes, note), 'utf8')) as { git: ProcessIdentity }
  expect(isAlive(git)).toBe(true)
  return git
}

async function killGit(git: ProcessIdentity): Promise<void> {
  process.kill(git.pid, 'SIGKILL')
  while (isAlive(git)) await pause(5)
}

async function expectMoved(at: TestRepository): Promise<void> {
  const outcome = await integrate(at)
  const main = await at.git(['rev-parse', 'main'])
  expect(outcome).toEqual({ outcome: 'integrated', commit: main, commits: 1, filesChanged: 1011 })
  expect(await at.git(['status', '--porcelain'])).toBe('')
  expect(await readFile(join(at.repository.path, 'z599'), 'utf8')).toBe('z599 changed\n')
  expect(existsSync(join(at.repository.path, 'README.md'))).toBe(false)
  expect((await readdir(join(at.repository.path, '.git'))).filter((name) => name.endsWith('.lock'))).toEqual([])
  expect(await readdir(join(at.repository.path, '.git', 'gemba'))).toEqual([])
}

describe('a move of the base in its checkout', { timeout: 120_000 }, () => {
  test('goes on to its end when the host is killed in the middle of it, and the next call sees that', async () => {
    const at = await bigMerge()
    const { git, kill } = await hostInTheMiddle(at)
    await kill()
    expect(isAlive(git)).toBe(true)
    await expectMoved(at)
  })

  test('is completed by the next call when git was killed with the host', async () => {
    const at = await bigMerge()
    const { git, kill } = await hostInTheMiddle(at)
    await kill()
    await killGit(git)
    expect(await at.git(['status', '--porcelain'])).not.toBe('')
    expect(existsSync(join(at.repository.path, '.git', 'index.lock'))).toBe(true)
    // Git is killed also in the middle of a file, and between taking the old one away and writing the new one.
    await truncate(join(at.repository.path, 'a110'), 7)
    await truncate(join(at.repository.path, slow[2] ?? ''), 0)
    await expectMoved(at)
  })

  test('is completed in the same call when only git was killed', async () => {
    const at = await bigMerge()
    const moved = expectMoved(at)
    await killGit(await gitInTheMiddle(at))
    await moved
  })

  test('is not completed over what somebody has changed since, and says what that is', async () => {
    const at = await bigMerge()
    const { git, kill } = await hostInTheMiddle(at)
    await kill()
    await killGit(git)
    await at.write('a101', 'somebody wrote this\n')
    await at.write('unrelated.txt', 'and this\n')
    const main = await at.git(['rev-parse', 'main'])
    expect(await integrate(at)).toEqual({ outcome: 'blocked', why: expect.stringContaining('a101') })
    expect(await readFile(join(at.repository.path, 'a101'), 'utf8')).toBe('somebody wrote this\n')
    expect(await at.git(['rev-parse', 'main'])).toBe(main)
    await at.git(['checkout', '--', 'a101'])
    expect(await integrate(at)).toMatchObject({ outcome: 'integrated', filesChanged: 1011 })
    expect(await at.git(['status', '--porcelain'])).toBe('?? unrelated.txt')
  })

  test.skipIf(process.platform !== 'linux')(
    'leaves the lock of a commit whose editor is open, and says so',
    async () => {
      const at = await bigMerge()
      const { git, kill } = await hostInTheMiddle(at)
      await kill()
      await killGit(git)
      const lock = join(at.repository.path, '.git', 'index.lock')
      await rm(lock)
      const [opened, close] = [join(at.folder, 'opened'), join(at.folder, 'close')]
      const editor = `touch '${opened}'; until test -e '${close}'; do sleep 0.05; done; false`
      const commit = at.git(['-c', `core.editor=${editor} #`, 'commit', '--all']).catch(String)
      onTestFinished(async () => {
        await writeFile(close, '')
        await commit
      })
      let early = ''
      void commit.then((said) => (early = said))
      while (!existsSync(opened) && early === '') await pause(5)
      expect(early).toBe('')
      const outcome = await integrate(at)
      expect(outcome).toEqual({ outcome: 'blocked', why: expect.stringContaining('git is at work in') })
      expect(outcome).toEqual({ outcome: 'blocked', why: expect.stringContaining(lock) })
      expect(existsSync(lock)).toBe(true)
      await writeFile(close, '')
      expect(await commit).toContain('editor')
      await expectMoved(at)
    },
  )

  test('is completed while git is at work in a worktree of a bead below the checkout', async () => {
    const at = await bigMerge()
    const { git, kill } = await hostInTheMiddle(at)
    await kill()
    await killGit(git)
    const other = await repositories.ensureWorktree({ repository: at.repository, bead: 'mp-2' })
    const reading = start('git', ['cat-file', '--batch'], { cwd: other.path, stdio: ['pipe', 'ignore', 'ignore'] })
    const ended = once(reading, 'exit')
    onTestFinished(async () => {
      reading.stdin?.end()
      await ended
    })
    await expectMoved(at)
  })
})
