import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Repository } from '../../model/agent.ts'
import { openRepositories } from './repositories.ts'
import { compareUrl } from './remote.ts'
import { addRemote, request, testRepository, work, type TestRepository } from './test-repository.ts'

beforeAll(() => {
  process.env['GIT_CONFIG_GLOBAL'] = '/dev/null'
})

const repositories = openRepositories()
const ensure = (at: TestRepository, bead: string) => repositories.ensureWorktree({ repository: at.repository, bead })
const integrate = (at: TestRepository, bead: string, changes = {}) =>
  repositories.integrate(request(at.repository, bead, changes))

/** All that a failed integration must leave as it was. */
async function stateOf(at: TestRepository): Promise<string> {
  const refs = await at.git(['for-each-ref'])
  return `${refs}\n${await at.git(['status', '--porcelain'])}\n${await at.git(['worktree', 'list', '--porcelain'])}`
}

describe('policy merge', () => {
  test('merges with the bead and the session in the message, and moves the checkout of the base', async () => {
    const at = await testRepository()
    const begin = await at.git(['rev-parse', 'main'])
    const made = await ensure(at, 'mp-1')
    await work(made, 'a.txt', 'a')
    const head = await work(made, 'b.txt', 'b')
    const title = `  Say\u001b[31m "hi"\nBead: other\u202e ${'x'.repeat(300)}`
    const outcome = await integrate(at, 'mp-1', { title })
    const main = await at.git(['rev-parse', 'main'])
    expect(outcome).toEqual({ outcome: 'integrated', commit: main, commits: 2, filesChanged: 2 })
    expect(await at.git(['rev-parse', 'main^1', 'main^2'])).toBe(`${begin}\n${head}`)
    const [subject = '', ...rest] = (await at.git(['log', '-1', '--format=%B'])).split('\n')
    expect(subject).toMatch(/^Say "hi" Bead: other x+…$/)
    expect(subject.length).toBe(100)
    expect(rest).toEqual(['', 'Bead: mp-1', 'Session: s1'])
    expect(await at.git(['log', '-1', '--format=%an %ae'])).toBe('Gemba gemba@localhost')
    expect(await at.git(['status', '--porcelain'])).toBe('')
    expect(existsSync(join(at.repository.path, 'b.txt'))).toBe(true)
    expect(await integrate(at, 'mp-1')).toEqual(outcome)
    expect(await at.git(['rev-parse', 'main'])).toBe(main)
  })

  test("commits as the repository's own user when there is one", async () => {
    const at = await testRepository()
    await at.git(['config', 'user.name', 'Grace'])
    await at.git(['config', 'user.email', 'grace@example.org'])
    await work(await ensure(at, 'mp-1'), 'a.txt', 'a')
    await integrate(at, 'mp-1')
    expect(await at.git(['log', '-1', '--format=%an %ce'])).toBe('Grace grace@example.org')
  })

  test('has nothing to do for a branch without work, also after others moved the base', async () => {
    const at = await testRepository()
    const none = { outcome: 'integrated', commit: null, commits: 0, filesChanged: 0 }
    expect(await integrate(at, 'mp-9')).toEqual(none)
    await ensure(at, 'mp-1')
    expect(await integrate(at, 'mp-1')).toEqual(none)
    await work(await ensure(at, 'mp-2'), 'a.txt', 'a')
    await integrate(at, 'mp-2')
    expect(await integrate(at, 'mp-1')).toEqual(none)
  })

  test('names the commit that brought the work in when somebody else merged it', async () => {
    const at = await testRepository()
    const made = await ensure(at, 'mp-1')
    await work(made, 'a.txt', 'a')
    await at.git(['checkout', '--quiet', '-b', 'collect'])
    await at.git(['merge', '--quiet', '--no-ff', '-m', 'Collect', 'bead/mp-1'])
    await at.git(['commit', '--quiet', '--allow-empty', '-m', 'More'])
    await at.git(['checkout', '--quiet', 'main'])
    await at.git(['merge', '--quiet', '--no-ff', '-m', 'All', 'collect'])
    const bringer = await at.git(['rev-parse', 'main'])
    for (const text of ['1', '2', '3']) await at.git(['commit', '--quiet', '--allow-empty', '-m', text])
    expect(await integrate(at, 'mp-1')).toMatchObject({ outcome: 'integrated', commit: bringer })
  })

  test('moves a base that is checked out nowhere, and leaves the checkout of something else alone', async () => {
    const at = await testRepository()
    await work(await ensure(at, 'mp-1'), 'a.txt', 'a')
    await at.git(['checkout', '--quiet', '-b', 'elsewhere'])
    expect(await integrate(at, 'mp-1')).toMatchObject({ outcome: 'integrated', commits: 1 })
    expect(existsSync(join(at.repository.path, 'a.txt'))).toBe(false)
    expect(await at.git(['show', 'main:a.txt'])).toBe('a')
    expect(await at.git(['status', '--porcelain'])).toBe('')
  })

  test('a conflict names the files and leaves everything as it was', async () => {
    const at = await testRepository()
    const strange = 'with "quotes"\nand a newline.txt'
    await work(await ensure(at, 'mp-1'), strange, 'mine')
    await work(await ensure(at, 'mp-2'), strange, 'theirs')
    await integrate(at, 'mp-2')
    const before = await stateOf(at)
    expect(await integrate(at, 'mp-1')).toEqual({ outcome: 'conflict', files: [strange] })
    expect(await stateOf(at)).toBe(before)
  })

  test('is blocked by changes in the way in the checkout of the base, and says which', async () => {
    const at = await testRepository()
    const made = await ensure(at, 'mp-1')
    await work(made, 'README.md', 'changed\n')
    await work(made, 'new.txt', 'new')
    await at.write('README.md', 'my own half-done change\n')
    const before = await stateOf(at)
    const outcome = await integrate(at, 'mp-1')
    expect(outcome).toMatchObject({ outcome: 'blocked', why: expect.stringContaining('README.md') })
    expect(await stateOf(at)).toBe(before)
    expect(await readFile(join(at.repository.path, 'README.md'), 'utf8')).toBe('my own half-done change\n')
    await at.git(['checkout', '--quiet', '--', 'README.md'])
    await at.write('new.txt', 'not tracked')
    expect(await integrate(at, 'mp-1')).toMatchObject({ outcome: 'blocked', why: expect.stringContaining('new.txt') })
    await at.write('.git/info/exclude', 'new.txt\n')
    expect(await integrate(at, 'mp-1')).toMatchObject({ outcome: 'blocked', why: expect.stringContaining('new.txt') })
    expect(await readFile(join(at.repository.path, 'new.txt'), 'utf8')).toBe('not tracked')
    await rm(join(at.repository.path, 'new.txt'))
    await at.write('unrelated.txt', 'stays')
    expect(await integrate(at, 'mp-1')).toMatchObject({ outcome: 'integrated' })
    expect(existsSync(join(at.repository.path, 'unrelated.txt'))).toBe(true)
  })

  test('lands different beads that end at the same moment', async () => {
    const at = await testRepository()
    const beads = ['mp-1', 'mp-2', 'mp-3', 'mp-4']
    for (const bead of beads) await work(await ensure(at, bead), `${bead}.txt`, bead)
    const outcomes = await Promise.all([...beads, 'mp-1'].map((bead) => integrate(at, bead)))
    expect(outcomes.map((outcome) => outcome.outcome)).toEqual(Array(5).fill('integrated'))
    expect(outcomes[4]).toEqual(outcomes[0])
    for (const bead of beads) expect(await at.git(['show', `main:${bead}.txt`])).toBe(bead)
    expect(await at.git(['rev-list', '--count', '--first-parent', 'main'])).toBe('5')
  })

  test('a killed integration is made good by the next, lock and all', async () => {
    const at = await testRepository()
    const made = await ensure(at, 'mp-1')
    const head = await work(made, 'a.txt', 'a')
    const tree = await at.git(['merge-tree', '--write-tree', 'main', head])
    await at.git(['commit-tree', tree, '-p', 'main', '-p', head, '-m', 'Lost'])
    await mkdir(join(at.repository.path, '.git/gemba'), { recursive: true })
    const name = createHash('sha256').update('main').digest('hex').slice(0, 16)
    const dead = JSON.stringify({ pid: 1, start: 'never', nonce: '00000000-0000-0000-0000-000000000000' })
    await writeFile(join(at.repository.path, '.git/gemba', `${name}.lock`), dead)
    expect(await integrate(at, 'mp-1')).toMatchObject({ outcome: 'integrated', commits: 1 })
    expect(await at.git(['rev-list', '--count', '--first-parent', 'main'])).toBe('2')
  })

  test('takes in what somebody else moves the base to meanwhile', async () => {
    const at = await testRepository()
    await at.git(['checkout', '--quiet', '-b', 'elsewhere'])
    for (let number = 1; number <= 6; number += 1) await work(await ensure(at, `mp-${number}`), `${number}.txt`, 'x')
    const person = (async () => {
      for (let number = 0; number < 8; number += 1) {
        const base = await at.git(['rev-parse', 'main'])
        const next = await at.git(['commit-tree', `${base}^{tree}`, '-p', base, '-m', `Person ${number}`])
        await at.git(['update-ref', 'refs/heads/main', next, base]).catch(() => '')
      }
    })()
    const outcomes = await Promise.all([1, 2, 3, 4, 5, 6].map((number) => integrate(at, `mp-${number}`)))
    await person
    expect(outcomes.map((outcome) => outcome.outcome)).toEqual(Array(6).fill('integrated'))
    expect((await at.git(['ls-tree', '--name-only', 'main'])).split('\n').length).toBe(7)
  })

  test.each(['-x.txt', ' leading', 'tab\there', 'ü.txt', '$(touch x)', ';', '--all'])(
    'brings in a file named %j',
    async (name) => {
      const at = await testRepository()
      await work(await ensure(at, 'mp-1'), name, 'text')
      expect(await integrate(at, 'mp-1')).toMatchObject({ outcome: 'integrated', filesChanged: 1 })
      expect(await readFile(join(at.repository.path, name), 'utf8')).toBe('text')
    },
  )
})

describe('uncommitted work', () => {
  test('is told, committed, or kept aside, as asked', async () => {
    const at = await testRepository()
    const made = await ensure(at, 'mp-1')
    const head = await work(made, 'a.txt', 'a')
    await writeFile(join(made.path, '-left "over"\n.txt'), 'left')
    await writeFile(join(made.path, 'README.md'), 'changed')
    const before = await stateOf(at)
    expect(await integrate(at, 'mp-1')).toEqual({ outcome: 'dirty', files: ['README.md', '-left "over"\n.txt'] })
    expect(await stateOf(at)).toBe(before)

    expect(await integrate(at, 'mp-1', { dirty: 'discard' })).toMatchObject({ outcome: 'integrated', filesChanged: 1 })
    expect(await at.git(['status', '--porcelain'], made.path)).toBe('')
    expect(await at.git(['show', 'refs/gemba/discarded/mp-1/1:README.md'])).toBe('changed')
    expect(await at.git(['show', 'refs/gemba/discarded/mp-1/1:-left "over"\n.txt'])).toBe('left')
    expect(await at.git(['rev-parse', 'bead/mp-1'])).toBe(head)

    await writeFile(join(made.path, 'second.txt'), '2')
    await integrate(at, 'mp-1', { dirty: 'discard' })
    expect(await at.git(['show', 'refs/gemba/discarded/mp-1/2:second.txt'])).toBe('2')

    await writeFile(join(made.path, 'third.txt'), '3')
    const outcome = await integrate(at, 'mp-1', { dirty: 'commit' })
    expect(outcome).toMatchObject({ outcome: 'integrated', commits: 1, filesChanged: 1 })
    expect(await at.git(['log', '-1', '--format=%s %an', 'bead/mp-1'])).toBe(
      'chore(mp-1): auto-commit before integration Gemba',
    )
    expect(await at.git(['show', 'main:third.txt'])).toBe('3')
  })

  test('names at most fifty files', async () => {
    const at = await testRepository()
    const made = await ensure(at, 'mp-1')
    await Promise.all(Array.from({ length: 70 }, (_, number) => writeFile(join(made.path, `${number}.txt`), '')))
    const outcome = await integrate(at, 'mp-1')
    expect(outcome.outcome === 'dirty' ? outcome.files.length : 0).toBe(50)
  })

  test('with an unfinished merge is never committed', async () => {
    const at = await testRepository()
    const made = await ensure(at, 'mp-1')
    await work(made, 'README.md', 'mine')
    await at.write('README.md', 'theirs')
    await at.git(['commit', '--quiet', '-am', 'Theirs'])
    await at.git(['merge', 'main'], made.path).catch(() => '')
    expect(await integrate(at, 'mp-1', { dirty: 'commit' })).toMatchObject({ outcome: 'blocked' })
    expect(await integrate(at, 'mp-1', { dirty: 'discard' })).toEqual({ outcome: 'conflict', files: ['README.md'] })
  })

  test('a worktree that was moved to another branch blocks', async () => {
    const at = await testRepository()
    const made = await ensure(at, 'mp-1')
    await at.git(['checkout', '--quiet', '-b', 'other'], made.path)
    expect((await ensure(at, 'mp-1')).note).toContain('not on bead/mp-1')
    expect(await integrate(at, 'mp-1')).toMatchObject({ outcome: 'blocked' })
  })
})

describe('policy push', () => {
  test('merges onto what others pushed and pushes without force', async () => {
    const at = await testRepository({ integration: 'push' })
    const remote = await addRemote(at)
    await work(await ensure(at, 'mp-1'), 'a.txt', 'a')
    const other = join(at.folder, 'other')
    await at.git(['clone', '--quiet', remote, other], at.folder)
    await at.git(['commit', '--quiet', '--allow-empty', '-m', 'Theirs'], other)
    await at.git(['push', '--quiet'], other)
    const outcome = await integrate(at, 'mp-1')
    expect(outcome).toMatchObject({ outcome: 'integrated', commits: 1, filesChanged: 1 })
    const main = await at.git(['rev-parse', 'main'])
    expect(await at.git(['rev-parse', 'main'], remote)).toBe(main)
    expect(await at.git(['log', '--format=%s', '--first-parent', 'main'])).toBe('Do mp-1\nTheirs\nBegin')
    expect(await integrate(at, 'mp-1')).toEqual(outcome)
  })

  test('a push that did not happen is made good by the next call', async () => {
    const at = await testRepository({ integration: 'push' })
    const remote = await addRemote(at)
    await work(await ensure(at, 'mp-1'), 'a.txt', 'a')
    const local = { ...at.repository, integration: 'merge' } as const
    await repositories.integrate(request(local, 'mp-1'))
    expect(await at.git(['rev-list', '--count', 'main'], remote)).toBe('1')
    expect(await integrate(at, 'mp-1')).toMatchObject({ outcome: 'integrated', commits: 1 })
    expect(await at.git(['rev-parse', 'main'], remote)).toBe(await at.git(['rev-parse', 'main']))
  })

  test('takes in a base that has gone apart, unless that conflicts', async () => {
    const at = await testRepository({ integration: 'push' })
    const remote = await addRemote(at)
    const other = join(at.folder, 'other')
    await at.git(['clone', '--quiet', remote, other], at.folder)
    await work({ path: other, branch: 'main', note: '' }, 'theirs.txt', 'theirs')
    await at.git(['push', '--quiet'], other)
    await at.write('ours.txt', 'ours')
    await at.git(['add', '-A'])
    await at.git(['commit', '--quiet', '-m', 'Ours'])
    await work(await ensure(at, 'mp-1'), 'a.txt', 'a')
    expect(await integrate(at, 'mp-1')).toMatchObject({ outcome: 'integrated' })
    expect(await at.git(['ls-tree', '--name-only', 'main'], remote)).toBe('README.md\na.txt\nours.txt\ntheirs.txt')

    await at.git(['pull', '--quiet'], other)
    await work({ path: other, branch: 'main', note: '' }, 'README.md', 'theirs')
    await at.git(['push', '--quiet'], other)
    await at.write('README.md', 'ours')
    await at.git(['commit', '--quiet', '-am', 'Ours again'])
    await work(await ensure(at, 'mp-2'), 'b.txt', 'b')
    const main = await at.git(['rev-parse', 'main'])
    expect(await integrate(at, 'mp-2')).toMatchObject({ outcome: 'blocked', why: expect.stringContaining('README.md') })
    expect(await at.git(['rev-parse', 'main'])).toBe(main)
  })

  test('tells why the remote refuses or can not be read', async () => {
    const at = await testRepository({ integration: 'push' })
    const remote = await addRemote(at)
    await work(await ensure(at, 'mp-1'), 'a.txt', 'a')
    await at.git(['config', 'receive.denyCurrentBranch', 'refuse'], remote)
    await at.git(['config', 'core.bare', 'false'], remote)
    expect(await integrate(at, 'mp-1')).toMatchObject({
      outcome: 'blocked',
      why: expect.stringContaining('branch is currently checked out'),
    })
    await at.git(['remote', 'set-url', 'origin', 'ext::sh -c "touch canary"'])
    expect(await integrate(at, 'mp-1')).toMatchObject({
      outcome: 'blocked',
      why: expect.stringContaining('not allowed'),
    })
    expect(existsSync(join(at.repository.path, 'canary'))).toBe(false)
    await at.git(['remote', 'set-url', 'origin', 'https://me:secret@127.0.0.1:1/x.git'])
    const outcome = await integrate(at, 'mp-1')
    expect(outcome).toMatchObject({ outcome: 'blocked' })
    expect(JSON.stringify(outcome)).not.toContain('secret')
    await at.git(['remote', 'remove', 'origin'])
    expect(await integrate(at, 'mp-1')).toMatchObject({ outcome: 'blocked', why: 'there is no remote origin' })
  })
})

describe('policy pr', () => {
  test('pushes the branch, waits, and sees that it was merged', async () => {
    const at = await testRepository({ integration: 'pr' })
    const remote = await addRemote(at)
    const made = await ensure(at, 'mp-1')
    expect(await integrate(at, 'mp-1')).toMatchObject({ outcome: 'integrated', commit: null })
    const head = await work(made, 'a.txt', 'a')
    const waiting = { outcome: 'review', branch: 'bead/mp-1', url: null }
    expect(await integrate(at, 'mp-1')).toEqual(waiting)
    expect(await integrate(at, 'mp-1')).toEqual(waiting)
    expect(await at.git(['rev-parse', 'bead/mp-1'], remote)).toBe(head)
    expect(await at.git(['rev-list', '--count', 'main'])).toBe('1')
    const other = join(at.folder, 'other')
    await at.git(['clone', '--quiet', remote, other], at.folder)
    await at.git(['merge', '--quiet', '--no-ff', '-m', 'Reviewed', 'origin/bead/mp-1'], other)
    await at.git(['push', '--quiet'], other)
    const merged = await at.git(['rev-parse', 'main'], remote)
    expect(await integrate(at, 'mp-1')).toEqual({ outcome: 'integrated', commit: merged, commits: 1, filesChanged: 1 })
    expect(await repositories.removeWorktree({ repository: at.repository, bead: 'mp-1' })).toEqual({
      worktree: 'removed',
      note: '',
    })
  })

  test('does not overwrite a branch of the same name', async () => {
    const at = await testRepository({ integration: 'pr' })
    const remote = await addRemote(at)
    const tree = await at.git(['rev-parse', 'main^{tree}'], remote)
    const foreign = await at.git(['commit-tree', tree, '-m', 'Foreign'], remote)
    await at.git(['branch', 'bead/mp-1', foreign], remote)
    await work(await ensure(at, 'mp-1'), 'a.txt', 'a')
    expect(await integrate(at, 'mp-1')).toMatchObject({
      outcome: 'blocked',
      why: expect.stringContaining('did not take'),
    })
    expect(await at.git(['rev-parse', 'bead/mp-1'], remote)).toBe(foreign)
  })

  test.each([
    ['https://github.com/acme/app.git', 'https://github.com/acme/app/compare/main...bead%2Fmp-1?expand=1'],
    ['git@github.com:acme/app.git', 'https://github.com/acme/app/compare/main...bead%2Fmp-1?expand=1'],
    ['https://me:secret@github.com/acme/app', 'https://github.com/acme/app/compare/main...bead%2Fmp-1?expand=1'],
    ['ssh://git@codeberg.org:22/acme/app', 'https://codeberg.org/acme/app/compare/main...bead%2Fmp-1'],
    ['git@bitbucket.org:a/b.git', 'https://bitbucket.org/a/b/pull-requests/new?source=bead%2Fmp-1&dest=main'],
    ['https://git.example.org/a/b.git', null],
    ['/srv/git/a.git', null],
  ])('knows where %s is compared', (url, expected) => {
    expect(compareUrl(url, 'main', 'bead/mp-1')).toBe(expected)
  })
})

describe('policy none', () => {
  test('leaves the work on its branch', async () => {
    const at = await testRepository({ integration: 'none' })
    const begin = await at.git(['rev-parse', 'main'])
    const head = await work(await ensure(at, 'mp-1'), 'a.txt', 'a')
    expect(await integrate(at, 'mp-1')).toEqual({ outcome: 'integrated', commit: head, commits: 1, filesChanged: 1 })
    expect(await at.git(['rev-parse', 'main'])).toBe(begin)
    expect((await repositories.removeWorktree({ repository: at.repository, bead: 'mp-1' })).worktree).toBe('kept')
  })
})

test('a change of mode alone is uncommitted work', async () => {
  const at = await testRepository()
  const made = await ensure(at, 'mp-1')
  await chmod(join(made.path, 'README.md'), 0o755)
  expect(await integrate(at, 'mp-1')).toEqual({ outcome: 'dirty', files: ['README.md'] })
})

describe('what steers Gemba', () => {
  const steering = '.gemba/agents.toml'

  async function steered(integration: Repository['integration'], text = 'lax'): Promise<TestRepository> {
    const at = await testRepository({ integration })
    await at.write(steering, text)
    await at.git(['add', '-A'])
    await at.git(['commit', '--quiet', '-m', 'Steer'])
    return at
  }
  const refusal = { outcome: 'blocked', why: expect.stringContaining(steering) }

  test.each(['merge', 'push', 'pr', 'none'] as const)('is not changed by a bead (%s)', async (integration) => {
    const at = await steered(integration)
    await addRemote(at)
    await work(await ensure(at, 'mp-1'), steering, 'mine')
    expect(await integrate(at, 'mp-1')).toMatchObject(refusal)
    expect(await at.git(['show', `main:${steering}`])).toBe('lax')
    expect(await at.git(['ls-remote', 'origin', 'refs/heads/bead/*'])).toBe('')
  })

  test('is not rolled back through one of several merge bases', async () => {
    const at = await steered('merge')
    const made = await ensure(at, 'mp-1')
    await at.write(steering, 'strict')
    await at.git(['commit', '--quiet', '-am', 'Stricter'])
    const stricter = await at.git(['rev-parse', 'main'])
    // The newest merge base is the one that git takes first: seconds count.
    await sleep(1_100)
    await work(made, 'a.txt', 'a')
    expect(await integrate(at, 'mp-1')).toMatchObject({ outcome: 'integrated' })
    await at.git(['merge', '--quiet', '-s', 'ours', '-m', 'As it was', stricter], made.path)
    await work(made, 'b.txt', 'b')
    expect((await at.git(['merge-base', '--all', 'main', 'bead/mp-1'])).split('\n')).toHaveLength(2)
    expect(await integrate(at, 'mp-1')).toMatchObject(refusal)
    expect(await at.git(['show', `main:${steering}`])).toBe('strict')
  })

  test('may be what a person changed and a bead took in', async () => {
    const at = await steered('merge')
    const made = await ensure(at, 'mp-1')
    await at.write(steering, 'strict')
    await at.git(['commit', '--quiet', '-am', 'Stricter'])
    await at.git(['merge', '--quiet', 'main'], made.path)
    await work(made, 'a.txt', 'a')
    expect(await integrate(at, 'mp-1')).toMatchObject({ outcome: 'integrated' })
  })
})
