import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openBeads } from '../planes/work/beads-sql.ts'
import { createBeads } from '../planes/work/create-beads.ts'
import { startDoltServer, type DoltServer } from '../test/dolt-server.ts'
import { CommandLine } from './testing/command-line.ts'

let server: DoltServer
let line: CommandLine

beforeAll(async () => {
  server = await startDoltServer()
})
afterAll(() => server.release())
beforeEach(async () => {
  line = new CommandLine()
  await line.project()
})
afterEach(() => line.release())

const at = '2026-03-01T10:00:00Z'
const issue = (id: string, more: object = {}): string =>
  JSON.stringify({
    _type: 'issue',
    id,
    title: `Do ${id}`,
    status: 'open',
    priority: 2,
    issue_type: 'task',
    created_at: at,
    updated_at: at,
    ...more,
  })

test('beads import takes what is good into the database, and names each line that is not', async () => {
  const login = { host: server.host, port: server.port, user: server.user, database: 'shop' }
  await createBeads({ ...login, prefix: 'shop' })
  const file = join(line.folder, 'export.jsonl')
  writeFileSync(
    file,
    [issue('shop-1', { labels: ['urgent'] }), 'not JSON', issue('shop-2', { status: 'flying' }), ''].join('\n'),
  )
  const toml = join(line.folder, '.gemba/gemba.toml')
  const url = `mysql://root@${server.host}:${server.port}/shop`
  writeFileSync(toml, readFileSync(toml, 'utf8').replace('embedded = true', `url = "${url}"`))

  const dry = await line.gemba(['beads', 'import', 'export.jsonl', '--dry-run'])
  expect(dry.stdout.split('\n')).toEqual([
    'export.jsonl:2: not taken: it is not a JSON object',
    'export.jsonl:1 shop-1: would be created',
    expect.stringMatching(/^export\.jsonl:3 shop-2: not taken: status must be one of/),
    '3 lines: 1 to be created, 0 to be updated, 0 skipped, 2 not taken',
    '',
  ])
  expect(dry.code).toBe(6)

  const { code, stdout } = await line.gemba(['beads', 'import', 'export.jsonl'])
  expect(stdout.split('\n')).toEqual([
    'export.jsonl:2: not taken: it is not a JSON object',
    expect.stringMatching(/^export\.jsonl:3 shop-2: not taken: .*status/),
    '2 created, 0 updated, 0 skipped, 2 not taken',
    '',
  ])
  expect(code).toBe(6)
  const plane = await openBeads(login)
  expect(await plane.get('shop-1')).toMatchObject({ title: 'Do shop-1', labels: ['urgent'] })
  await plane.disconnect()

  writeFileSync(file, issue('shop-1', { labels: ['urgent'] }))
  const again = await line.gemba(['beads', 'import', file, '--json'])
  expect(again.code).toBe(0)
  expect(JSON.parse(again.stdout)).toMatchObject({ version: 2, created: 0, updated: 0, skipped: 2 })
})

test('beads export writes what beads import takes, to and from databases that flags and the environment name', async () => {
  const login = { host: server.host, port: server.port, user: server.user }
  for (const database of ['one', 'two']) await createBeads({ ...login, database, prefix: 'shop' })
  writeFileSync(join(line.folder, 'in.jsonl'), issue('shop-1', { labels: ['urgent'], assignee: 'ada' }))
  const one = `mysql://root@${server.host}:${server.port}/one`
  const two = `dolt://root@${server.host}:${server.port}/two`
  expect(await line.gemba(['beads', 'import', 'in.jsonl', '--beads-url', one])).toMatchObject({ code: 0 })
  const out = await line.gemba(['beads', 'export'], { GEMBA_BEADS_URL: one })
  expect(JSON.parse(out.stdout)).toMatchObject({ _type: 'issue', id: 'shop-1', labels: ['urgent'], assignee: 'ada' })
  for (const format of ['bd', 'columns']) {
    expect(await line.gemba(['beads', 'export', 'out.jsonl', '--format', format, '--beads-url', one])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(join(line.folder, 'out.jsonl')) as string,
    })
    expect(await line.gemba(['beads', 'import', 'out.jsonl', '--beads-url', two])).toMatchObject({ code: 0 })
    expect((await line.gemba(['beads', 'export', '-', '--beads-url', two])).stdout).toBe(out.stdout)
  }
})

test('beads export says what is wrong with an address, and never shows it', async () => {
  for (const url of [
    'mysql://ada:hush@127.0.0.1:1',
    'https://ada:hush@127.0.0.1:1/x',
    'mysql://ada:hush@127.0.0.1:1/x',
  ]) {
    const { code, stdout, stderr } = await line.gemba(['beads', 'export', '--beads-url', url])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^(source_invalid|work_plane_unavailable): /)
    expect(stdout + stderr).not.toContain('hush')
  }
})

test('beads import says that there is nothing to read, and that Gemba must run to have its own database', async () => {
  const missing = await line.gemba(['beads', 'import', 'none.jsonl'])
  expect(missing.code).toBe(1)
  expect(missing.stderr).toContain(
    `path_unusable: ${join(line.folder, 'none.jsonl')} can not be used: there is nothing.`,
  )
  writeFileSync(join(line.folder, 'export.jsonl'), issue('shop-1'))
  const stopped = await line.gemba(['beads', 'import', 'export.jsonl'])
  expect(stopped).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/^not_running: .*\n {2}Start it with/) as string,
  })
})

test('beads import that breaks off tells what was written, and that it can be repeated', async () => {
  const login = { host: server.host, port: server.port, user: server.user, database: 'narrow' }
  await createBeads({ ...login, prefix: 'shop' })
  const root = await createConnection({ host: server.host, port: server.port, user: server.user })
  await root.query("CREATE USER narrow@'%'")
  await root.query("GRANT SELECT, UPDATE, DELETE, EXECUTE ON narrow.* TO narrow@'%'")
  for (const table of ['issues', 'events', 'child_counters']) {
    await root.query(`GRANT INSERT ON narrow.${table} TO narrow@'%'`)
  }
  await root.end()
  writeFileSync(join(line.folder, 'export.jsonl'), issue('shop-1', { labels: ['urgent'] }))
  const toml = join(line.folder, '.gemba/gemba.toml')
  const url = `mysql://narrow@${server.host}:${server.port}/narrow`
  writeFileSync(toml, readFileSync(toml, 'utf8').replace('embedded = true', `url = "${url}"`))
  const { code, stdout, stderr } = await line.gemba(['beads', 'import', 'export.jsonl'])
  expect(stdout.split('\n')).toEqual([
    'export.jsonl:1 shop-1: not taken: the import broke off before it was written',
    '1 created, 0 updated, 0 skipped, 1 not taken',
    '',
  ])
  expect(stderr).toContain('To run it again is safe: what is there stays as it is.')
  expect(stderr).toContain('read-only')
  expect(code).not.toBe(0)
})

test('beads import and export take the database that a folder names', async () => {
  const login = { host: server.host, port: server.port, user: server.user, database: 'named' }
  await createBeads({ ...login, prefix: 'shop' })
  const beads = join(line.folder, 'elsewhere', '.beads')
  mkdirSync(beads, { recursive: true })
  const place = { dolt_mode: 'server', dolt_server_host: server.host, dolt_server_port: server.port }
  writeFileSync(join(beads, 'metadata.json'), JSON.stringify({ ...place, dolt_database: 'named' }))
  writeFileSync(join(line.folder, 'export.jsonl'), issue('shop-1'))
  const taken = await line.gemba(['beads', 'import', 'export.jsonl', '--beads-dir', 'elsewhere'])
  expect([taken.code, taken.stdout]).toEqual([0, '1 created, 0 updated, 0 skipped, 0 not taken\n'])
  const told = await line.gemba(['beads', 'export', '--beads-dir', beads])
  expect(JSON.parse(told.stdout)).toMatchObject({ id: 'shop-1' })
  const none = await line.gemba(['beads', 'export', '--beads-dir', line.folder])
  expect(none.stderr).toContain('beads_missing')
  const both = await line.gemba(['beads', 'export', '--beads-dir', beads, '--beads-url', 'mysql://root@127.0.0.1:1/x'])
  expect(both.stderr).toContain('name one')
})
