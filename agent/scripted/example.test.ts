import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import type { AgentType, Repository } from '../../model/agent.ts'
import { isWork } from '../../model/bead.ts'
import { run } from '../../runtime/exec.ts'
import { composePreamble } from '../preamble.ts'
import { openRepositories, type Repositories } from '../repository/repositories.ts'
import { request, testFolder } from '../repository/test-repository.ts'
import { createExampleRepository, readExample, type Example, type ExampleBead } from './example.ts'
import { startAgent, writeSentinels, type Sentinels } from './test-agent.ts'

const folder = fileURLToPath(new URL('../../examples/my-project/', import.meta.url))

beforeAll(() => {
  process.env['GIT_CONFIG_GLOBAL'] = '/dev/null'
})

const agent: AgentType = {
  name: 'scripted',
  command: 'gemba:scripted',
  args: [],
  env: {},
  model: null,
  hooks: 'none',
  preamble: 'file',
  quit: '/exit',
  interactionMode: 'balanced',
  maxParallel: 4,
  agentCloses: false,
}

interface Stage {
  readonly repositories: Repositories
  readonly repository: Repository
  readonly folder: string
  readonly sentinels: Sentinels
}

/** What a session does with a bead, without the session. */
async function workOn(stage: Stage, bead: ExampleBead): Promise<void> {
  const { repositories, repository } = stage
  const { path, branch } = await repositories.ensureWorktree({ repository, bead: bead.id })
  const brief = { ...bead, type: bead.type ?? '', description: bead.description ?? '', design: '', notes: '' }
  const layers = { goals: '', values: '', guardrails: '', workspace: '', interaction: '' }
  const full = { ...brief, acceptance: bead.acceptance ?? '', labels: bead.labels ?? [] }
  const preamble = join(stage.folder, `${bead.id}.md`)
  await writeFile(
    preamble,
    composePreamble({ bead: full, repository, agent, worktree: path, branch, layers, earlier: '' }),
  )
  const running = startAgent({ bead: bead.id, worktree: path, preamble, sentinels: stage.sentinels })
  await running.until('I wait here')
  running.type(agent.quit)
  expect(await running.ended).toBe(0)
  const outcome = await repositories.integrate(request(repository, bead.id, { title: bead.title }))
  expect(outcome, bead.id).toMatchObject({ outcome: 'integrated', commits: 1 })
  expect(await repositories.isIntegrated({ repository, bead: bead.id })).toBe(true)
  expect((await repositories.removeWorktree({ repository, bead: bead.id })).worktree).toBe('removed')
}

/** Beads whose blockers are done. */
function readyOf(example: Example, done: ReadonlySet<string>): ExampleBead[] {
  return example.beads.filter(
    (bead) =>
      isWork(bead.type ?? 'task') && !done.has(bead.id) && (bead.dependencies ?? []).every(({ to }) => done.has(to)),
  )
}

test('every bead is worked, all that are ready at the same time, and the program is whole in the end', async () => {
  const place = await testFolder()
  const path = join(place, 'project')
  await createExampleRepository(folder, path)
  const repository: Repository = {
    id: 'main',
    path,
    base: 'main',
    integration: 'merge',
    remote: 'origin',
    prefixes: ['mp'],
  }
  const sentinels = await writeSentinels(place, 'Metric cup (250 ml)')
  const stage = { repositories: openRepositories(), repository, folder: place, sentinels }
  const example = await readExample(folder)
  const done = new Set<string>()
  let rounds = 0
  for (let ready = readyOf(example, done); ready.length > 0; ready = readyOf(example, done)) {
    await Promise.all(ready.map((bead) => workOn(stage, bead)))
    for (const bead of ready) done.add(bead.id)
    rounds += 1
  }
  expect(done.size).toBe(example.beads.filter((bead) => isWork(bead.type ?? 'task')).length)
  expect(rounds).toBeGreaterThan(3)
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined }
  const tests = await run(process.execPath, ['--test', '--test-reporter=spec'], { cwd: path, env })
  expect(tests).toMatch(/ℹ fail 0/)
  const convert = (...words: string[]) => run(process.execPath, ['bin/convert.js', ...words], { cwd: path })
  expect(await convert('2', 'cup', 'ml')).toBe('2 cup = 500 ml\n')
  expect(await convert('table', '1', '2', 'miles', 'km')).toBe('1 miles = 1.60934 km\n2 miles = 3.21869 km\n')
  expect(await convert('find', 'F')).toContain('temperature: K C F')
  const calls = await sentinels.calls()
  expect(calls.filter((call) => call.startsWith('gemba-ask'))).toHaveLength(1)
  expect(calls.filter((call) => call.includes('[bead-done]'))).toHaveLength(done.size)
}, 240_000)

test('the example is what it promises to be', async () => {
  const example = await readExample(folder)
  const of = (type: string) => example.beads.filter((bead) => bead.type === type)
  expect([of('milestone').length, of('epic').length]).toEqual([1, 1])
  expect(example.beads.length).toBeGreaterThanOrEqual(12)
  const started = example.beads.filter((bead) => bead.start)
  expect(started).toHaveLength(2)
  expect(started.every((bead) => bead.dependencies === undefined)).toBe(true)
  expect(started.some((bead) => bead.description?.includes('\nask '))).toBe(true)
  expect(example.beads.some((bead) => bead.dependencies?.some(({ to }) => started.some(({ id }) => id === to)))).toBe(
    true,
  )
})

test('the repository is made once, and made good when it was half made', async () => {
  const place = await testFolder()
  const path = join(place, 'project')
  const git = (...args: string[]) => run('git', args, { cwd: path })
  await mkdir(path)
  await git('init', '--quiet')
  await writeFile(join(path, 'README.md'), '# Conv')
  await createExampleRepository(folder, path)
  const first = await git('rev-parse', 'main')
  expect(await git('status', '--porcelain')).toBe('')
  expect(await readFile(join(path, 'README.md'), 'utf8')).toMatch(/^# Converter\n/)
  await rm(join(path, 'package.json'))
  await createExampleRepository(folder, path)
  expect(await git('rev-parse', 'main')).toBe(first)
  expect(existsSync(join(path, 'package.json'))).toBe(false)
})

test.each(['notes.txt', 'README.md'])('a folder with somebody else’s %s is refused', async (name) => {
  const path = await testFolder()
  await writeFile(join(path, name), 'mine')
  await expect(createExampleRepository(folder, path)).rejects.toMatchObject({ code: 'repository_unusable' })
  expect(await readFile(join(path, name), 'utf8')).toBe('mine')
  expect(existsSync(join(path, '.git'))).toBe(false)
})

test.each([
  ['no JSON', '{'],
  ['an unknown key', '{"name":"x","prefix":"x","beads":[],"more":1}'],
  ['a bead before what it depends on', seedWith([{ id: 'x-1', parent: 'x-2' }])],
  ['a bead twice', seedWith([{ id: 'x-1' }, { id: 'x-1' }])],
  ['another prefix', seedWith([{ id: 'y-1' }])],
  ['a wrong step', seedWith([{ id: 'x-1', description: ['```gemba-steps', 'dance', '```'] }])],
])('a seed with %s is refused', async (_, seed) => {
  const place = await testFolder()
  await writeFile(join(place, 'seed.json'), seed)
  await expect(readExample(place)).rejects.toMatchObject({ code: 'config_invalid' })
})

function seedWith(beads: object[]): string {
  const whole = beads.map((bead) => ({ title: 't', type: 'task', priority: 1, description: [], ...bead }))
  return JSON.stringify({ name: 'x', prefix: 'x', beads: whole })
}
