import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { GembaError } from '../../model/error.ts'
import { openRepositories } from './repositories.ts'
import { addRemote, oldGit, request, testFolder, testRepository, work, type TestRepository } from './test-repository.ts'

beforeAll(() => {
  process.env['GIT_CONFIG_GLOBAL'] = '/dev/null'
})

const repositories = openRepositories()

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof GembaError ? `${error.code}: ${error.message}` : String(error)),
  )
}

const ensure = (at: TestRepository, bead: string) => repositories.ensureWorktree({ repository: at.repository, bead })
const remove = (at: TestRepository, bead: string) => repositories.removeWorktree({ repository: at.repository, bead })

describe('ensureWorktree', () => {
  test('makes a worktree on a branch of its own, unseen by git status', async () => {
    const at = await testRepository()
    const made = await ensure(at, 'mp-1')
    expect(made).toEqual({ path: join(at.repository.path, '.gemba/worktrees/mp-1'), branch: 'bead/mp-1', note: '' })
    expect(await readFile(join(made.path, 'README.md'), 'utf8')).toBe('one\ntwo\nthree\n')
    expect(await at.git(['status', '--porcelain'])).toBe('')
    expect(await at.git(['status', '--porcelain'], made.path)).toBe('')
    expect(await at.git(['config', '--get-regexp', '^branch'], made.path).catch(() => '')).toBe('')
    await ensure(at, 'mp-2')
    const exclude = await readFile(join(at.repository.path, '.git/info/exclude'), 'utf8')
    expect(exclude.split('\n').filter((line) => line.includes('.gemba'))).toEqual(['/.gemba/worktrees/'])
  })

  test('starts from the base as it is now, wherever the repository stands', async () => {
    const at = await testRepository()
    await at.git(['checkout', '--quiet', '-b', 'elsewhere'])
    await at.git(['commit', '--quiet', '--allow-empty', '-m', 'Else'])
    const made = await ensure(at, 'mp-1')
    expect(await at.git(['rev-parse', 'HEAD'], made.path)).toBe(await at.git(['rev-parse', 'main']))
  })

  test('works where .gemba is partly tracked', async () => {
    const at = await testRepository()
    await at.write('.gemba/agents.toml', '# agents\n')
    await at.git(['add', '-A'])
    await at.git(['commit', '--quiet', '-m', 'Agents'])
    const made = await ensure(at, 'mp-1')
    expect(existsSync(join(made.path, '.gemba/agents.toml'))).toBe(true)
    expect(await at.git(['status', '--porcelain'])).toBe('')
  })

  test('keeps an existing worktree as it is and says what is uncommitted', async () => {
    const at = await testRepository()
    const made = await ensure(at, 'mp-1')
    expect((await ensure(at, 'mp-1')).note).toBe('')
    await writeFile(join(made.path, 'half.txt'), 'half')
    const again = await ensure(at, 'mp-1')
    expect(again.note).toBe('1 uncommitted file was found and kept.')
    expect(await readFile(join(made.path, 'half.txt'), 'utf8')).toBe('half')
  })

  test('continues an existing branch', async () => {
    const at = await testRepository()
    await at.git(['branch', 'bead/mp-1'])
    const made = await ensure(at, 'mp-1')
    expect(made.note).toContain('existed already')
    expect(await at.git(['branch', '--show-current'], made.path)).toBe('bead/mp-1')
  })

  test('forgets a worktree whose folder was deleted, and keeps its commits', async () => {
    const at = await testRepository()
    const made = await ensure(at, 'mp-1')
    const commit = await work(made, 'a.txt', 'a')
    await rm(made.path, { recursive: true })
    const again = await ensure(at, 'mp-1')
    expect(await at.git(['rev-parse', 'HEAD'], again.path)).toBe(commit)
    await rm(made.path, { recursive: true })
    await at.git(['worktree', 'prune'])
    await at.git(['worktree', 'add', '--quiet', '--detach', made.path])
    await rm(made.path, { recursive: true })
    expect(await at.git(['rev-parse', 'HEAD'], (await ensure(at, 'mp-1')).path)).toBe(commit)
  })

  test('makes anew what git had not finished', async () => {
    const at = await testRepository()
    const made = await ensure(at, 'mp-1')
    const gitDir = join(at.repository.path, '.git/worktrees/mp-1')
    await writeFile(join(gitDir, 'locked'), 'initializing')
    await rm(join(gitDir, 'index'))
    await rm(join(made.path, 'README.md'))
    await ensure(at, 'mp-1')
    expect(await at.git(['status', '--porcelain'], made.path)).toBe('')
    expect(existsSync(join(made.path, 'README.md'))).toBe(true)
  })

  test('refuses what belongs to something else', async () => {
    const at = await testRepository()
    await at.write('.gemba/worktrees/mp-1/notes.txt', 'mine')
    expect(await codeOf(ensure(at, 'mp-1'))).toContain('worktree_conflict')
    await at.write('.gemba/worktrees/mp-2', 'a file')
    expect(await codeOf(ensure(at, 'mp-2'))).toContain('worktree_conflict')
    const elsewhere = join(at.folder, 'elsewhere')
    await at.git(['worktree', 'add', '--quiet', '-b', 'bead/mp-3', elsewhere])
    expect(await codeOf(ensure(at, 'mp-3'))).toContain(elsewhere)
    await at.git(['branch', 'bead/mp-4/deeper'])
    expect(await codeOf(ensure(at, 'mp-4'))).toContain('worktree_conflict')
  })

  test.each(['../x', '-x', 'a/b', '', 'mp-1..2', 'mp-1.lock', 'mp-1\n', 'mp\u0000', 'ⅿp-1', `m${'p'.repeat(100)}`])(
    'refuses the id %j',
    async (bead) => {
      const at = await testRepository()
      expect(await codeOf(ensure(at, bead))).toContain('bead_not_startable')
      expect(await codeOf(remove(at, bead))).toContain('bead_not_startable')
      expect(await codeOf(repositories.integrate(request(at.repository, bead)))).toContain('bead_not_startable')
      expect(await at.git(['worktree', 'list', '--porcelain'])).not.toContain('bead')
    },
  )

  test('does not follow symbolic links that were planted', async () => {
    const at = await testRepository()
    const outside = await testFolder()
    await mkdir(join(at.repository.path, '.gemba'))
    await symlink(outside, join(at.repository.path, '.gemba/worktrees'))
    expect(await codeOf(ensure(at, 'mp-1'))).toContain('worktree_conflict')
    await rm(join(at.repository.path, '.gemba/worktrees'))
    await mkdir(join(at.repository.path, '.gemba/worktrees'))
    await symlink(outside, join(at.repository.path, '.gemba/worktrees/mp-1'))
    expect(await codeOf(ensure(at, 'mp-1'))).toContain('worktree_conflict')
    expect(await at.git(['worktree', 'list', '--porcelain'])).not.toContain('bead')
  })

  test('takes different and equal beads at the same time', async () => {
    const at = await testRepository()
    const beads = ['mp-1', 'mp-2', 'mp-3', 'mp-4', 'mp-5', 'mp-6', 'mp-1', 'mp-2']
    const made = await Promise.all(beads.map((bead) => ensure(at, bead)))
    expect(made.map((worktree) => worktree.branch)).toEqual(beads.map((bead) => `bead/${bead}`))
    expect(await at.git(['for-each-ref', '--format=%(refname:short)', 'refs/heads/bead'])).toBe(
      ['mp-1', 'mp-2', 'mp-3', 'mp-4', 'mp-5', 'mp-6'].map((bead) => `bead/${bead}`).join('\n'),
    )
  })
})

describe('check', () => {
  test('says why a repository can not be worked in', async () => {
    const at = await testRepository()
    const check = (changes: object) => codeOf(repositories.check({ ...at.repository, ...changes }))
    expect(await check({})).toBe('no error')
    expect(await check({ path: join(at.folder, 'nowhere') })).toContain('there is no folder')
    expect(await check({ path: at.folder })).toContain('not a git repository')
    expect(await check({ base: 'trunk' })).toContain('no branch trunk')
    expect(await check({ base: '-x' })).toContain('can not be a base branch')
    expect(await check({ integration: 'push' })).toContain('no remote origin')
    const empty = join(at.folder, 'empty')
    await at.git(['init', '--quiet', '--initial-branch=main', empty], at.folder)
    expect(await check({ path: empty })).toContain('no commits yet')
    const bare = join(at.folder, 'bare.git')
    await at.git(['clone', '--quiet', '--bare', at.repository.path, bare], at.folder)
    expect(await check({ path: bare })).toContain('bare')
    await at.git(['config', 'core.bare', 'true'])
    expect(await check({})).toContain('bare')
    expect(await codeOf(ensure(at, 'mp-1'))).toContain('repository_unusable')
  })

  test('says that git is too old before anything of it is needed, and what it found right holds for a while', async () => {
    const at = await testRepository()
    await repositories.requireUsable(at.repository)
    vi.stubEnv('GEMBA_GIT', await oldGit(at.folder))
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(await codeOf(repositories.check(at.repository))).toMatch(/tool_too_old.*2\.34\.1, and Gemba needs 2\.38/)
    expect(await codeOf(repositories.requireUsable(at.repository)), 'what was found wrong is forgotten').toContain(
      'old',
    )
    vi.unstubAllEnvs()
    await repositories.requireUsable(at.repository)
    vi.stubEnv('GEMBA_GIT', await oldGit(at.folder))
    await repositories.requireUsable(at.repository)
  })
})

describe('isIntegrated', () => {
  test('takes a bead that is worked again, or never was, for one whose work is still to come', async () => {
    const at = await testRepository()
    const place = { repository: at.repository, bead: 'mp-1' }
    expect(await repositories.isIntegrated(place)).toBe(false)
    await work(await ensure(at, 'mp-1'), 'a.txt', 'a')
    await repositories.integrate(request(at.repository, 'mp-1'))
    await remove(at, 'mp-1')
    expect(await repositories.isIntegrated(place)).toBe(true)
    await ensure(at, 'mp-1')
    expect(await repositories.isIntegrated(place)).toBe(false)
  })

  test('looks for the work of a pull request on the base of the remote', async () => {
    const at = await testRepository({ integration: 'pr' })
    await addRemote(at)
    const made = await ensure(at, 'mp-1')
    const place = { repository: at.repository, bead: 'mp-1' }
    await work(made, 'a.txt', 'a')
    await repositories.integrate(request(at.repository, 'mp-1'))
    expect(await repositories.isIntegrated(place)).toBe(false)
    await at.git(['clone', '--quiet', join(at.folder, 'remote.git'), join(at.folder, 'other')], at.folder)
    const other = join(at.folder, 'other')
    await at.git(['merge', '--quiet', '--no-ff', '-m', 'Merge', 'origin/bead/mp-1'], other)
    await at.git(['push', '--quiet', 'origin', 'main'], other)
    await at.git(['fetch', '--quiet', 'origin'])
    expect(await repositories.isIntegrated(place)).toBe(true)
  })
})

describe('removeWorktree', () => {
  test('removes worktree and branch once the base has the work', async () => {
    const at = await testRepository()
    const made = await ensure(at, 'mp-1')
    const place = { repository: at.repository, bead: 'mp-1' }
    expect(await repositories.isIntegrated(place), 'nothing was done yet').toBe(false)
    await work(made, 'a.txt', 'a')
    expect(await repositories.isIntegrated(place)).toBe(false)
    expect(await remove(at, 'mp-1')).toMatchObject({ worktree: 'kept', note: expect.stringContaining('neither') })
    await repositories.integrate(request(at.repository, 'mp-1'))
    expect(await repositories.isIntegrated(place)).toBe(true)
    await writeFile(join(made.path, 'late.txt'), 'late')
    expect(await repositories.isIntegrated(place)).toBe(false)
    expect(await remove(at, 'mp-1')).toEqual({
      worktree: 'kept',
      note: 'The worktree was kept: it has 1 uncommitted file (late.txt).',
    })
    await rm(join(made.path, 'late.txt'))
    expect(await remove(at, 'mp-1')).toEqual({ worktree: 'removed', note: '' })
    expect(existsSync(made.path)).toBe(false)
    expect(await at.git(['branch', '--list', 'bead/*'])).toBe('')
    expect(await remove(at, 'mp-1')).toEqual({ worktree: 'absent', note: '' })
    expect(await repositories.isIntegrated(place)).toBe(true)
    expect(await repositories.integrate(request(at.repository, 'mp-1'))).toMatchObject({
      outcome: 'integrated',
      commit: await at.git(['rev-parse', 'main']),
      commits: 1,
    })
  })

  test('says why it kept one: files and commits by count and name, in plain text, bounded', async () => {
    const at = await testRepository()
    const made = await ensure(at, 'mp-1')
    for (let number = 1; number <= 7; number += 1) {
      const subject = number === 7 ? `Loud \u001b[31m\u202e ${'x'.repeat(300)}` : `Change ${number}`
      await writeFile(join(made.path, 'a.txt'), String(number))
      await at.git(['add', '--all'], made.path)
      await at.git(['commit', '--quiet', '-m', subject], made.path)
    }
    for (let number = 1; number <= 6; number += 1) await writeFile(join(made.path, `f\n${number}`), '')
    const { worktree, note } = await remove(at, 'mp-1')
    expect(worktree).toBe('kept')
    expect(note).toMatch(/^The worktree was kept: it has 6 uncommitted files \(f\?1, f\?2, f\?3, f\?4, f\?5, …\) and /)
    expect(note).toMatch(/ and 7 commits neither on main nor on a remote \(Loud x+…, Change 6, .*, Change 3, …\)\.$/)
    expect(note).not.toMatch(/[^ -~…]/)
    expect(note.length).toBeLessThan(1_000)
  })

  test('leaves folders alone that are not its own', async () => {
    const at = await testRepository()
    await at.write('.gemba/worktrees/mp-1/notes.txt', 'mine')
    expect(await remove(at, 'mp-1')).toMatchObject({ worktree: 'kept' })
    const elsewhere = join(at.folder, 'elsewhere')
    await at.git(['worktree', 'add', '--quiet', '-b', 'bead/mp-2', elsewhere])
    expect(await remove(at, 'mp-2')).toMatchObject({ worktree: 'absent', note: expect.stringContaining(elsewhere) })
    expect(await at.git(['branch', '--show-current'], elsewhere)).toBe('bead/mp-2')
  })
})

/** Everything an agent could plant so that a later git call runs it. Each would touch the canary. */
async function plant(at: TestRepository, canary: string): Promise<void> {
  const program = join(at.folder, 'evil.sh')
  await writeFile(program, `#!/bin/sh\necho "$0 $*" >> ${canary}\ncat\n`)
  await chmod(program, 0o755)
  const names = ['post-checkout', 'pre-commit', 'commit-msg', 'prepare-commit-msg', 'post-commit', 'post-merge']
  for (const hook of [...names, 'pre-merge-commit', 'pre-push', 'reference-transaction', 'post-index-change']) {
    await writeFile(join(at.repository.path, '.git/hooks', hook), `#!/bin/sh\necho ${hook} >> ${canary}\n`)
    await chmod(join(at.repository.path, '.git/hooks', hook), 0o755)
  }
  const settings = {
    'core.hooksPath': join(at.repository.path, '.git/hooks'),
    'core.fsmonitor': program,
    'filter.evil.clean': program,
    'filter.evil.smudge': program,
    'filter.evil.required': 'true',
    'filter.slow.process': program,
    'merge.evil.driver': `${program} %A`,
    'merge.default': 'evil',
    'diff.external': program,
    'diff.evil.textconv': program,
    'diff.evil.command': program,
    'core.pager': program,
    'core.editor': program,
    'core.sshCommand': program,
    'core.askPass': program,
    'credential.helper': `!${program}`,
    'gpg.program': program,
    'commit.gpgSign': 'true',
    'merge.verifySignatures': 'true',
    'core.alternateRefsCommand': program,
    'alias.status': `!${program}`,
  }
  for (const [key, value] of Object.entries(settings)) await at.git(['config', key, value])
  await mkdir(join(at.repository.path, '.git/info'), { recursive: true })
  const attributes = '*.txt filter=evil merge=evil diff=evil\n*.dat filter=slow\n'
  await writeFile(join(at.repository.path, '.git/info/attributes'), attributes)
}

describe('what an agent planted', () => {
  test('is never run by our git calls', async () => {
    const at = await testRepository({ integration: 'push' })
    const remote = join(at.folder, 'remote.git')
    await at.git(['init', '--quiet', '--bare', '--initial-branch=main', remote], at.folder)
    await at.git(['remote', 'add', 'origin', remote])
    await at.write('both.txt', 'one\ntwo\nthree\nfour\nfive\n')
    await at.git(['add', '-A'])
    await at.git(['commit', '--quiet', '-m', 'Both'])
    const first = await ensure(at, 'mp-1')
    await work(first, 'both.txt', 'ONE\ntwo\nthree\nfour\nfive\n')
    await at.write('both.txt', 'one\ntwo\nthree\nfour\nFIVE\n')
    await at.git(['commit', '--quiet', '-am', 'Fifth'])
    await writeFile(join(first.path, 'left.txt'), 'left')
    await writeFile(join(first.path, 'left.dat'), 'left')
    const canary = join(at.folder, 'canary')
    await plant(at, canary)
    for (const hook of ['update', 'post-receive', 'pre-receive']) {
      await writeFile(join(remote, 'hooks', hook), `#!/bin/sh\necho ${hook} >> ${canary}\n`)
      await chmod(join(remote, 'hooks', hook), 0o755)
    }

    await repositories.check(at.repository)
    const second = await ensure(at, 'mp-2')
    await writeFile(join(second.path, 'aside.txt'), 'aside')
    await ensure(at, 'mp-2')
    expect(await repositories.integrate(request(at.repository, 'mp-2', { dirty: 'discard' }))).toMatchObject({
      commit: null,
    })
    expect(await repositories.integrate(request(at.repository, 'mp-1'))).toMatchObject({ outcome: 'dirty' })
    const outcome = await repositories.integrate(request(at.repository, 'mp-1', { dirty: 'commit' }))
    expect(outcome).toMatchObject({ outcome: 'integrated', commits: 2, filesChanged: 3 })
    expect(await readFile(join(at.repository.path, 'both.txt'), 'utf8')).toBe('ONE\ntwo\nthree\nfour\nFIVE\n')
    expect(await repositories.isIntegrated({ repository: at.repository, bead: 'mp-1' })).toBe(true)
    expect((await remove(at, 'mp-1')).worktree).toBe('removed')
    expect(existsSync(canary) ? await readFile(canary, 'utf8') : '').toBe('')

    await at.git(['status'], second.path).catch(() => '')
    expect(existsSync(canary), 'the trap works').toBe(true)
  })

  test('can not lead us to another repository', async () => {
    const at = await testRepository()
    const made = await ensure(at, 'mp-1')
    const evil = join(at.folder, 'evil')
    await at.git(['init', '--quiet', evil], at.folder)
    await writeFile(join(made.path, '.git'), `gitdir: ${join(evil, '.git')}\n`)
    expect(await codeOf(ensure(at, 'mp-1'))).toContain('worktree_conflict')
    expect(await codeOf(repositories.integrate(request(at.repository, 'mp-1')))).toContain('worktree_conflict')
    expect(await remove(at, 'mp-1')).toMatchObject({ worktree: 'kept' })
  })

  test('can not name the program that serves the remote', async () => {
    const at = await testRepository()
    await at.git(['config', 'remote.origin.uploadpack', 'touch /nowhere;'])
    expect(await codeOf(ensure(at, 'mp-1'))).toContain('names a program (remote.origin.uploadpack)')
  })
})
