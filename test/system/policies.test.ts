import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NewBead } from '../../model/bead.ts'
import { exec, run } from '../../runtime/exec.ts'
import { startPostgres, type PostgresServer } from '../postgres-server.ts'
import { eventually } from './api-client.ts'
import { createProject, gitIn, RunningGemba, type TestProject } from './running-gemba.ts'

/** One running system: four repositories, each with its own policy, and a real Postgres as the operational store. */
let postgres: PostgresServer | undefined
let folder: string
let project: TestProject
let gemba: RunningGemba

beforeAll(async () => {
  const started = await startPostgres()
  if (started.server === undefined) throw new Error(started.reason)
  postgres = started.server
  folder = await realpath(await mkdtemp(join(tmpdir(), 'gemba-policies-')))
  for (const policy of ['push', 'pr', 'none', 'remoteless']) await repository(policy)
  const block = (id: string, integration: string): string =>
    [
      '[[repository]]',
      `id = "${id}"`,
      `path = "${join(folder, id)}"`,
      'base = "main"',
      `integration = "${integration}"`,
    ]
      .concat(`prefixes = ["tp-${id}"]`)
      .join('\n')
  const repositories = [block('push', 'push'), block('pr', 'pr'), block('none', 'none'), block('remoteless', 'push')]
  const made = await createProject({
    ownPrefix: 'tp-own',
    repositories: repositories.join('\n'),
    timing: { restart: [] },
  })
  project = { ...made, env: { ...made.env, GEMBA_STORE_URL: await postgres.database() } }
  gemba = await RunningGemba.start(project)
  await gemba.hostOnline()
}, 300_000)

afterAll(async () => {
  await gemba?.stop()
  await project?.release()
  await postgres?.release()
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
}, 120_000)

/** A repository below `folder`, with a bare remote `origin` beside it but for the one that has none. */
async function repository(id: string): Promise<void> {
  const path = join(folder, id)
  const as = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost']
  await run('git', ['init', '-q', '-b', 'main', path])
  await run('git', ['-C', path, ...as, 'commit', '-q', '--allow-empty', '-m', 'Begin'])
  if (id === 'remoteless') return
  await run('git', ['clone', '-q', '--bare', path, remoteOf(id)])
  await run('git', ['-C', path, 'remote', 'add', 'origin', remoteOf(id)])
}

function remoteOf(id: string): string {
  return join(folder, `${id}.git`)
}

/** A bead whose agent writes `file`, started. */
async function work(file: string, more: Partial<NewBead>): Promise<string> {
  const lines = [`write ${file}`, '  hello', `commit Add ${file}`, 'done']
  const description = ['Do it.', '```gemba-steps', ...lines, '```', ''].join('\n')
  const bead = await gemba.api.create({ title: `Write ${file}`, description, ...more })
  await gemba.api.start(bead.id)
  return bead.id
}

async function closed(bead: string): Promise<void> {
  await eventually(`${bead} is done`, async () => (await gemba.api.bead(bead)).status === 'closed')
}

/** Whether a branch of a repository has the file. */
async function has(path: string, branch: string, file: string): Promise<boolean> {
  return (await exec('git', ['-C', path, 'cat-file', '-e', `${branch}:${file}`])).code === 0
}

describe('each policy, in a repository of its own', { timeout: 180_000 }, () => {
  it('merge: a bead that its prefix routes is done, with a real Postgres as the store', async () => {
    const bead = await work('merged.txt', { id: 'tp-own-1' })
    await closed(bead)
    expect(await gitIn(project.folder, 'show', 'main:merged.txt')).toBe('hello\n')
    const events = await gemba.api.events()
    expect(events.map((event) => event.number)).toEqual(events.map((_, index) => index + 1))
  })

  it('push: a bead that its label routes is brought to the base of the remote', async () => {
    const bead = await work('pushed.txt', { labels: ['repo:push'] })
    await closed(bead)
    expect(await has(remoteOf('push'), 'main', 'pushed.txt')).toBe(true)
    expect(await has(project.folder, 'main', 'pushed.txt')).toBe(false)
  })

  it('pr: its branch is pushed, and the bead is done once a person has merged it', async () => {
    const bead = await work('reviewed.txt', { id: 'tp-pr-1' })
    const review = await eventually('the review is asked for', async () =>
      (await gemba.api.escalations()).find((found) => found.bead === bead && found.state === 'open'),
    )
    expect(review).toMatchObject({ source: 'review' })
    expect(await has(remoteOf('pr'), `bead/${bead}`, 'reviewed.txt')).toBe(true)
    expect(await has(remoteOf('pr'), 'main', 'reviewed.txt')).toBe(false)
    await gitIn(remoteOf('pr'), 'update-ref', 'refs/heads/main', `refs/heads/bead/${bead}`)
    await gemba.api.answer(review.id, 'retry')
    await closed(bead)
  })

  it('none: the work stays on its branch', async () => {
    const bead = await work('kept.txt', { id: 'tp-none-1' })
    await closed(bead)
    expect(await has(join(folder, 'none'), `bead/${bead}`, 'kept.txt')).toBe(true)
    expect(await has(join(folder, 'none'), 'main', 'kept.txt')).toBe(false)
    expect(await has(remoteOf('none'), `bead/${bead}`, 'kept.txt')).toBe(false)
  })

  it('a remote that is missing is said at the start, and refuses the bead before its agent does anything', async () => {
    const why = 'it has no remote origin, which its policy push needs'
    await eventually('the warning', async () =>
      gemba.events().find((event) => event['type'] === 'warning' && String(event['message']).includes(why)),
    )
    const bead = await work('never.txt', { id: 'tp-remoteless-1' })
    const parked = await eventually('it is parked', async () =>
      (await gemba.api.get<{ items: { bead: string; why: string }[] }>('/parked')).items.find(
        (each) => each.bead === bead,
      ),
    )
    expect(parked.why).toContain(why)
    expect(
      await exec('git', ['-C', join(folder, 'remoteless'), 'rev-parse', '-q', '--verify', `bead/${bead}`]),
    ).toMatchObject({ code: 1 })
  })

  it('takes beads of a file into the database that it keeps itself', async () => {
    const file = join(folder, 'export.jsonl')
    const at = '2026-03-01T10:00:00Z'
    await writeFile(
      file,
      JSON.stringify({
        id: 'tp-imported',
        title: 'Imported',
        status: 'open',
        priority: 2,
        issue_type: 'task',
        created_at: at,
        updated_at: at,
      }),
    )
    const script = join(import.meta.dirname, '../../scripts/gemba.mjs')
    const words = ['beads', 'import', file, '--folder', project.folder]
    const said = await run(process.execPath, [script, ...words], { env: { ...process.env, ...project.env } })
    expect(said).toBe('1 created, 0 updated, 0 skipped, 0 not taken\n')
    await eventually('it is on the board', async () => (await gemba.api.beads()).some(({ id }) => id === 'tp-imported'))
  })
})
