import { appendFileSync, chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createDataFolder, dataFolderOf } from '../runtime/data-folder.ts'
import { run } from '../runtime/exec.ts'
import type { Check } from './check.ts'
import { projectChecks } from './project-checks.ts'
import { CommandLine } from './testing/command-line.ts'

let line: CommandLine

beforeEach(async () => {
  line = new CommandLine()
  vi.stubEnv('XDG_STATE_HOME', line.state)
  await line.project()
})

afterEach(() => {
  vi.unstubAllEnvs()
  line.release()
})

async function checks(data?: string): Promise<Map<string, Check>> {
  return new Map((await projectChecks(line.folder, data)).map((check) => [check.id, check]))
}

test('only notes an agent that is missing when another is the default', async () => {
  const scripted = '[[agent]]\nname = "scripted"\ncommand = "gemba:scripted"\n'
  writeFileSync(
    join(line.folder, '.gemba/agents.toml'),
    `${scripted}[[agent]]\nname = "mine"\ncommand = "/none/mine"\n`,
  )
  writeFileSync(
    join(line.folder, '.gemba/gemba.toml'),
    '[project]\nid = "shop"\n[[repository]]\nid = "a"\nbase = "trunk"\n',
  )
  const found = await checks()
  expect(found.get('agent scripted')).toMatchObject({ status: 'ok' })
  expect(found.get('agent mine')).toMatchObject({
    status: 'note',
    fix: expect.stringContaining('scripted') as string,
  })
  expect(found.get('repository a')).toMatchObject({ status: 'ok' })
})

test('finds secrets that others can read', async () => {
  const files = ['.gemba/agents.toml', '.gemba/gemba.toml'].map((name) => join(line.folder, name))
  for (const file of files) chmodSync(file, 0o644)
  expect((await checks()).get('secrets')).toBeUndefined()
  appendFileSync(files[0] ?? '', '[agent.env]\nANTHROPIC_API_KEY = "sk-1"\n')
  expect((await checks()).get('secrets')).toMatchObject({
    status: 'problem',
    fix: `Run \`chmod 600 '${files[0]}'\`.`,
  })
  chmodSync(files[0] ?? '', 0o600)
  appendFileSync(files[1] ?? '', '[store]\nurl = "postgres://me:hunter2@db/x"\n')
  expect((await checks()).get('secrets')).toMatchObject({ fix: `Run \`chmod 600 '${files[1]}'\`.` })
})

test('finds a repository of another user and a branch that is not there', async () => {
  vi.stubEnv('GIT_TEST_ASSUME_DIFFERENT_OWNER', '1')
  expect([...(await checks()).values()].find(({ id }) => id.startsWith('repository'))).toMatchObject({
    status: 'problem',
    fix: expect.stringContaining('safe.directory') as string,
  })
  vi.unstubAllEnvs()
  writeFileSync(join(line.folder, '.gemba/gemba.toml'), '[project]\nid = "shop"\n')
  expect((await checks()).get('repository shop')).toMatchObject({
    status: 'problem',
    detail: expect.stringContaining('no branch main') as string,
  })
})

test.each(['push', 'pr'])('finds that policy %s has no remote to push to', async (integration) => {
  writeFileSync(
    join(line.folder, '.gemba/gemba.toml'),
    `[project]\nid = "shop"\n[[repository]]\nid = "a"\nbase = "trunk"\nintegration = "${integration}"\n`,
  )
  expect((await checks()).get('repository a')).toMatchObject({
    status: 'problem',
    detail: `Repository a can not be worked in: it has no remote origin, which its policy ${integration} needs.`,
    fix: expect.stringContaining('Mend the repository') as string,
  })
  await run('git', ['-C', line.folder, 'remote', 'add', 'origin', '/nowhere'])
  expect((await checks()).get('repository a')).toMatchObject({ status: 'ok' })
})

test('says where the data is, and that inside the project it is in danger', async () => {
  expect((await checks()).get('data')).toMatchObject({
    status: 'note',
    detail: expect.stringContaining(join(line.state, 'gemba/projects/project-')) as string,
  })
  const named = dataFolderOf(line.folder, join(line.state, 'own'))
  createDataFolder(named)
  expect((await checks(named.root)).get('data')).toMatchObject({ status: 'ok', detail: named.root })
  vi.stubEnv('GEMBA_DATA', named.root)
  expect((await checks()).get('data')).toMatchObject({ detail: named.root })
  vi.stubEnv('GEMBA_DATA', '')
  createDataFolder(dataFolderOf(line.folder, join(line.folder, '.gemba/data')))
  const found = await checks()
  expect(found.get('data')).toMatchObject({ status: 'note', detail: expect.stringContaining('git clean') as string })
  expect(found.get('data')?.fix).toContain(`mv '${join(line.folder, '.gemba/data')}'`)
})
