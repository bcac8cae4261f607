import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GembaError } from '../model/error.ts'
import { defaultTiming } from '../model/timing.ts'
import { loadProject, type LoadedProject } from './config.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gemba-config-'))
  mkdirSync(join(folder, '.gemba'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function load(project: string, agents?: string, env: NodeJS.ProcessEnv = {}): LoadedProject {
  writeFileSync(join(folder, '.gemba/gemba.toml'), project)
  if (agents !== undefined) writeFileSync(join(folder, '.gemba/agents.toml'), agents)
  return loadProject(folder, env)
}

/** The message of the `config_invalid`, from the file's name on. */
function complaint(project: string, agents?: string, env: NodeJS.ProcessEnv = {}): string {
  try {
    load(project, agents, env)
  } catch (error) {
    if (error instanceof GembaError && error.code === 'config_invalid')
      return error.message.replaceAll(`${folder}/.gemba/`, '')
    throw error
  }
  throw new Error('it was accepted')
}

const minimal = '[project]\nid = "shop"\n'

test('the smallest file has a default for everything else', () => {
  const loaded = load(minimal)
  expect(loaded).toMatchObject({
    project: {
      id: 'shop',
      name: 'shop',
      prefix: 'shop',
      defaultAgent: 'claude',
      maxSessions: 6,
      timing: defaultTiming,
    },
    beads: { embedded: true, database: 'beads' },
    listen: { host: '127.0.0.1', port: 7666 },
    auth: 'token',
    storeUrl: undefined,
    temporalAddress: undefined,
    temporalNamespace: 'gemba',
    temporalUi: undefined,
    example: false,
  })
  expect(loaded.project.repositories).toEqual([{ id: 'shop', base: 'main', integration: 'merge', prefixes: [] }])
  expect(loaded.repositories).toEqual([
    { id: 'shop', path: folder, base: 'main', integration: 'merge', remote: 'origin', prefixes: [] },
  ])
  expect(loaded.agents).toMatchObject([
    { name: 'claude', command: 'claude', hooks: 'claude_code', preamble: 'argument', quit: '/exit' },
  ])
  expect(loaded.project.agents.map((agent) => agent.name)).toEqual(['claude'])
})

test('the scripted agent, which carries out the text of beads, works only where the file names it', () => {
  const scripted = '[[agent]]\nname = "scripted"\ncommand = "gemba:scripted"\n'
  expect(load(minimal, '').agents.map((agent) => agent.command)).toEqual(['claude'])
  expect(complaint(`${minimal}[agents]\ndefault = "scripted"`, '')).toContain('there is no agent type scripted')
  expect(load(minimal, scripted).agents).toMatchObject([
    { name: 'scripted', command: 'gemba:scripted', hooks: 'none', preamble: 'file', quit: '/exit' },
  ])
})

test('a full file is taken as written', () => {
  const loaded = load(
    `[project]
id = "shop"
name = "The shop"
prefix = "sh"
[beads]
url = "mysql://me:p%40ss@dolt.example:3307/shop?tls=true"
[[repository]]
id = "front"
path = "../front"
base = "develop"
integration = "pr"
prefixes = ["fe"]
[[repository]]
id = "back"
path = "/srv/back"
[server]
listen = "[::1]:8000"
public_url = "https://gemba.example/"
[limits]
max_sessions = 3
[store]
url = "postgres://db/gemba"
[temporal]
address = "temporal.example:7233"
namespace = "shop"
ui = "https://temporal.example/ui"
[agents]
default = "tester"
[timing]
end_grace = 500
relaunch = [10, 20]
`,
    `[[agent]]
name = "claude"
command = "/opt/claude"
interaction_mode = "cautious"
[[agent]]
name = "tester"
binary = "my-agent"
args = ["--fast"]
env = { MODE = "x" }
max_parallel = 2
`,
  )
  expect(loaded.project).toMatchObject({
    name: 'The shop',
    prefix: 'sh',
    defaultAgent: 'tester',
    maxSessions: 3,
    timing: { ...defaultTiming, endGrace: 500, relaunch: [10, 20] },
  })
  expect(loaded).toMatchObject({
    repositories: [
      { id: 'front', path: join(folder, '../front'), base: 'develop', integration: 'pr', prefixes: ['fe'] },
      { id: 'back', path: '/srv/back', base: 'main' },
    ],
    agents: [
      { name: 'claude', command: '/opt/claude', hooks: 'claude_code', interactionMode: 'cautious' },
      { name: 'tester', command: 'my-agent', args: ['--fast'], env: { MODE: 'x' }, hooks: 'none', maxParallel: 2 },
    ],
  })
  // The project travels through Temporal; how agents are run and where repositories lie does not.
  expect(loaded.project.agents[1]).toEqual({
    name: 'tester',
    interactionMode: 'balanced',
    maxParallel: 2,
    agentCloses: false,
  })
  expect(JSON.stringify(loaded.project)).not.toMatch(/my-agent|fast|MODE|\/srv\/back/)
  expect(loaded.beads).toEqual({
    embedded: false,
    host: 'dolt.example',
    port: 3307,
    user: 'me',
    password: 'p@ss',
    database: 'shop',
    tls: { caFile: null },
  })
  expect(loaded).toMatchObject({ listen: { host: '::1', port: 8000 }, publicUrl: 'https://gemba.example' })
})

test('the environment goes before the file, and each value tells its origin', () => {
  const loaded = load(`${minimal}[limits]\nmax_sessions = 3\n`, undefined, {
    GEMBA_LISTEN: '127.0.0.1:9000',
    GEMBA_BEADS_URL: 'mysql://root@127.0.0.1:3306/x',
  })
  expect(loaded.listen.port).toBe(9000)
  expect(loaded.beads).toMatchObject({ embedded: false, database: 'x' })
  expect(loaded.origins.get('server.listen')?.from).toBe('environment GEMBA_LISTEN')
  expect(loaded.origins.get('limits.max_sessions')).toEqual({ value: 3, from: join(folder, '.gemba/gemba.toml:4') })
  expect(loaded.origins.get('server.auth')).toEqual({ value: 'token', from: 'default' })
})

test('a folder without a project file is project_missing', () => {
  expect(() => loadProject(folder, {})).toThrow(expect.objectContaining({ code: 'project_missing' }))
})

describe('what is wrong is told with its place', () => {
  test.each([
    [
      'broken TOML',
      '[project]\nid = "shop\n',
      'gemba.toml:2:11: this is not TOML: control characters are not allowed in strings',
    ],
    [
      'an unknown key',
      `${minimal}prefx = "a"`,
      'gemba.toml:3: unknown key project.prefx; did you mean project.prefix?',
    ],
    ['an unknown table', `${minimal}[serve]\nlisten = "x"`, 'gemba.toml:3: unknown key serve; did you mean server?'],
    [
      'a key like no other',
      `${minimal}zzzzzzzz = 1`,
      'gemba.toml:3: unknown key project.zzzzzzzz; known are id, name, prefix, example',
    ],
    ['a missing key', '[project]\nname = "x"', 'gemba.toml:1: project.id is missing'],
    ['a missing table', '', 'gemba.toml: project is missing'],
    ['a wrong type', `${minimal}[limits]\nmax_sessions = "3"`, 'gemba.toml:4: limits.max_sessions must be integer'],
    [
      'a number out of bounds',
      `${minimal}[limits]\nmax_sessions = 0`,
      'gemba.toml:4: limits.max_sessions must be >= 1',
    ],
    [
      'a hostile id',
      '[project]\nid = "$(reboot)"',
      'gemba.toml:2: project.id must match pattern "^[a-z][a-z0-9-]{0,31}$"',
    ],
    [
      'a word that is no option, in the second table of a list',
      `${minimal}[[repository]]\nid = "a"\n[[repository]]\nid = "b"\nintegration = "mrege"`,
      'gemba.toml:7: repository[2].integration must be one of "merge", "push", "pr", "none"',
    ],
    [
      'two repositories of one id',
      `${minimal}[[repository]]\nid = "a"\n[[repository]]\nid = "a"`,
      'gemba.toml:6: two repositories are called a',
    ],
    [
      'both kinds of Beads',
      `${minimal}[beads]\nembedded = true\nurl = "mysql://h/x"`,
      'gemba.toml:5: beads.url and beads.embedded = true exclude each other',
    ],
    [
      'no kind of Beads',
      `${minimal}[beads]\nembedded = false`,
      'gemba.toml:4: beads.embedded = false needs beads.url or beads.dir',
    ],
    [
      'an address and a folder',
      `${minimal}[beads]\nurl = "mysql://h/x"\ndir = "plans"`,
      'gemba.toml:4: beads.url and beads.dir exclude each other; beads.dir comes from gemba.toml:5',
    ],
    [
      'an address with a lonely %',
      `${minimal}[beads]\nurl = "mysql://me:100%@h/x"`,
      'gemba.toml:4: beads.url has a % without two digits; write %25',
    ],
    [
      'a port too high',
      `${minimal}[server]\nlisten = "127.0.0.1:99999"`,
      'gemba.toml:4: 127.0.0.1:99999 is not an address and port such as 127.0.0.1:7666',
    ],
    [
      'an unknown default agent',
      `${minimal}[agents]\ndefault = "gpt"`,
      'gemba.toml:4: there is no agent type gpt; known are claude',
    ],
  ])('%s', (_, project, expected) => {
    expect(complaint(project)).toBe(expected)
  })

  test.each([
    ['no command', '[[agent]]\nname = "a"', 'agents.toml:2: agent a has no command'],
    [
      'two commands',
      '[[agent]]\nname = "a"\ncommand = "x"\nbinary = "y"',
      'agents.toml:4: agent a has both command and binary; keep one',
    ],
    [
      'two of one name',
      '[[agent]]\nname = "a"\ncommand = "x"\n[[agent]]\nname = "a"\ncommand = "y"',
      'agents.toml:5: two agent types are called a',
    ],
    [
      'an unknown key',
      '[[agent]]\nname = "a"\ncomand = "x"',
      'agents.toml:3: unknown key agent[1].comand; did you mean agent[1].command?',
    ],
  ])('agents: %s', (_, agents, expected) => {
    expect(complaint(minimal, agents)).toBe(expected)
  })

  test('a wrong environment variable is named, its value not shown', () => {
    expect(complaint(minimal, undefined, { GEMBA_BEADS_URL: 'mysql://me:100%@h/x' })).toBe(
      'environment GEMBA_BEADS_URL: beads.url has a % without two digits; write %25',
    )
    const env = { GEMBA_STORE_URL: 'secret-without-scheme' }
    expect(complaint(minimal, undefined, env)).toBe('environment GEMBA_STORE_URL: the value does not suit store.url')
  })
})

test('an address that asks for TLS is taken at its word, or refused', () => {
  const beadsAt = (parameters: string): string =>
    `${minimal}[beads]\nurl = "mysql://me@dolt.example/shop${parameters}"\n`
  expect(load(beadsAt('')).beads).toMatchObject({ tls: null })
  expect(load(beadsAt('?tls=false')).beads).toMatchObject({ tls: null })
  expect(load(beadsAt('?tls=true&tls-ca=ca.pem')).beads).toMatchObject({ tls: { caFile: join(folder, 'ca.pem') } })
  expect(complaint(beadsAt('?tls=skip-verify'))).toContain('true or false')
  expect(complaint(beadsAt('?ssl=true'))).toContain('tls and tls-ca')
  expect(complaint(beadsAt('?tls=true&tls=false'))).toContain('each once')
  expect(complaint(beadsAt('?tls-ca=ca.pem'))).toContain('needs tls=true')
  expect(complaint(beadsAt('?tls=true').replace('dolt.example', '10.0.0.7'))).toContain('the name')
})

test('a folder of bd is taken from where it is named, the environment first', () => {
  writeFileSync(join(folder, '.gemba/gemba.toml'), `${minimal}[beads]\nurl = "mysql://h/x"`)
  expect(loadProject(folder, { GEMBA_BEADS_DIR: '/plans' }).beads).toEqual({ embedded: false, folder: '/plans' })
  writeFileSync(join(folder, '.gemba/gemba.toml'), `${minimal}[beads]\ndir = "plans"`)
  expect(loadProject(folder, {}).beads).toEqual({ embedded: false, folder: join(folder, 'plans') })
  expect(loadProject(folder, { GEMBA_BEADS_URL: 'mysql://h/x' }).beads).toMatchObject({ host: 'h', database: 'x' })
})
