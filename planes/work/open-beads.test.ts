import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { WorkPlane } from '../../model/work-plane.ts'
import { startDoltServer, type DoltServer } from '../../test/dolt-server.ts'
import { openBeads } from './beads-sql.ts'
import { createBeads } from './create-beads.ts'
import type { BeadsLogin } from './login.ts'
import { sqlExchange } from './sql-exchange.ts'

const by = { actor: { name: 'Ada', via: 'console' } } as const

let server: DoltServer
let root: Connection
const planes: WorkPlane[] = []

beforeAll(async () => {
  server = await startDoltServer()
  root = await createConnection({ host: server.host, port: server.port, user: server.user, dateStrings: true })
})
afterEach(async () => {
  for (const plane of planes.splice(0)) await plane.disconnect()
})
afterAll(async () => {
  await root.end()
  await server.release()
})

async function open(login: BeadsLogin & { readonly author?: string }): Promise<WorkPlane> {
  const plane = await openBeads(login)
  planes.push(plane)
  return plane
}

async function fresh(database: string): Promise<BeadsLogin> {
  const login = { host: server.host, port: server.port, user: server.user, database }
  await createBeads({ ...login, prefix: 'gm' })
  await root.query(`USE ${database}`)
  return login
}

async function rows(sql: string): Promise<unknown[]> {
  const [found] = await root.query<RowDataPacket[]>(sql)
  return found.map((row) => ({ ...row }))
}

/** A bead as a program makes it that is newer than Gemba. */
async function made(id: string): Promise<{ readonly id: string }> {
  const texts = ['description', 'design', 'acceptance_criteria', 'notes']
  await root.query(`INSERT INTO issues (id, title, ${texts.join(', ')}) VALUES ('${id}', '${id}', '', '', '', '')`)
  return { id }
}

/** What newer versions of bd make of the tables, as far as is known (facts of `bd` 11); `column`: of the edges, besides. */
async function moveSchema(column: string, version: number): Promise<void> {
  const target = 'COALESCE(depends_on_issue_id, depends_on_wisp_id, depends_on_external)'
  for (const [edges, owners] of [
    ['dependencies', 'issues'],
    ['wisp_dependencies', 'wisps'],
  ]) {
    await root.query(`CREATE TABLE moved (issue_id varchar(255) NOT NULL, depends_on_issue_id varchar(255),
      depends_on_wisp_id varchar(255), depends_on_external varchar(255), ${column.replace('TARGET', target)}
      type varchar(32) NOT NULL DEFAULT 'blocks', created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
      created_by varchar(255) NOT NULL DEFAULT '', metadata json, thread_id varchar(255) DEFAULT '',
      UNIQUE KEY (issue_id, depends_on_issue_id), UNIQUE KEY (issue_id, depends_on_wisp_id),
      UNIQUE KEY (issue_id, depends_on_external), FOREIGN KEY (issue_id) REFERENCES ${owners} (id) ON DELETE CASCADE)`)
    await root.query(`INSERT INTO moved (issue_id, depends_on_issue_id, type, created_at, created_by, metadata)
      SELECT issue_id, depends_on_id, type, created_at, created_by, metadata FROM ${edges}`)
    await root.query(`DROP TABLE ${edges}`)
    await root.query(`ALTER TABLE moved RENAME TO ${edges}`)
    await root.query(`ALTER TABLE ${owners} ADD COLUMN is_blocked tinyint(1) NOT NULL DEFAULT 0,
      ADD COLUMN row_lock char(36), ADD COLUMN claim_fence bigint NOT NULL DEFAULT 0`)
    for (const text of ['description', 'design', 'acceptance_criteria', 'notes'])
      await root.query(`ALTER TABLE ${owners} MODIFY ${text} longtext NOT NULL`)
  }
  await root.query('ALTER TABLE events MODIFY id char(36) NOT NULL')
  await root.query("INSERT INTO dolt_ignore VALUES ('events', true)")
  await root.query(`INSERT INTO schema_migrations (version) VALUES (${version})`)
}

describe('creating a database', () => {
  it('makes all of version 32, once, and commits it', async () => {
    await Promise.all([fresh('made'), fresh('made'), fresh('made')])
    const before = await rows('SELECT commit_hash FROM dolt_log')
    const project = await rows("SELECT value FROM metadata WHERE `key` = '_project_id'")
    await fresh('made')
    expect(await rows('SELECT commit_hash FROM dolt_log')).toEqual(before)
    expect(await rows("SELECT value FROM metadata WHERE `key` = '_project_id'")).toEqual(project)
    expect(project).toHaveLength(1)
    expect(await rows('SELECT COUNT(*) AS n, MAX(version) AS v FROM schema_migrations')).toEqual([{ n: 32, v: 32 }])
    expect(await rows('SELECT * FROM dolt_status')).toEqual([])
    expect(await rows('SELECT pattern FROM dolt_ignore ORDER BY 1')).toEqual(
      ['local_metadata', 'repo_mtimes', 'wisp_%', 'wisps'].map((pattern) => ({ pattern })),
    )
    expect(await rows('SELECT COUNT(*) AS n FROM wisps')).toEqual([{ n: 0 }])
    expect(await rows('SELECT COUNT(*) AS n FROM ready_issues')).toEqual([{ n: 0 }])
  })

  it('ends what an earlier try left half-done', async () => {
    await fresh('half')
    await root.query('DELETE FROM schema_migrations')
    await root.query('DROP TABLE wisp_labels')
    await root.query('DROP TABLE comments')
    const plane = await open(await fresh('half'))
    const bead = await plane.create({ title: 't' }, by)
    expect((await plane.comment(bead.id, 'c', by)).text).toBe('c')
  })

  it('refuses names that are none, and another prefix', async () => {
    const login = await fresh('named')
    const refusal = { code: 'config_invalid' }
    for (const database of ['', 'a b', 'a`b', '$(x)', 'x'.repeat(65)]) {
      await expect(createBeads({ ...login, database, prefix: 'gm' })).rejects.toMatchObject(refusal)
    }
    for (const prefix of ['', '-', 'a-', '1', 'a b']) {
      await expect(createBeads({ ...login, prefix })).rejects.toMatchObject(refusal)
    }
    await expect(createBeads({ ...login, prefix: 'other' })).rejects.toMatchObject(refusal)
  })
})

describe('opening a database', () => {
  it('tells what SQL can: changes are seen by the hash, writes are checked, children may be written at once', async () => {
    const plane = await open(await fresh('able'))
    const can = { watch: 'hash', compareAndSet: true, concurrentChildren: true }
    expect(await plane.manifest()).toMatchObject({ adaptor: 'beads-sql', readOnly: false, ...can })
  })

  it('says when there is no server, no entry, no database or no Beads', async () => {
    const login = await fresh('there')
    const unavailable = { code: 'work_plane_unavailable' }
    await expect(openBeads({ ...login, port: 1 })).rejects.toMatchObject(unavailable)
    const refused = { code: 'beads_login_refused' }
    await expect(openBeads({ ...login, user: 'nobody', password: 'secret-word' })).rejects.toMatchObject(refused)
    await root.query("CREATE USER IF NOT EXISTS stranger@'%' IDENTIFIED BY 'p'")
    await expect(openBeads({ ...login, user: 'stranger', password: 'p' })).rejects.toMatchObject(refused)
    await expect(openBeads({ ...login, user: 'stranger', password: 'q' })).rejects.toMatchObject(refused)
    await expect(openBeads({ ...login, user: 'nobody', password: 'secret-word' })).rejects.not.toThrow('secret-word')
    const missing = { code: 'beads_database_missing', message: expect.stringContaining('nothing') }
    await expect(openBeads({ ...login, database: 'nothing' })).rejects.toMatchObject(missing)
    await root.query('CREATE DATABASE IF NOT EXISTS hollow')
    const hollow = { code: 'beads_tables_missing', params: { database: 'hollow' } }
    await expect(openBeads({ ...login, database: 'hollow' })).rejects.toMatchObject(hollow)
  })

  it('says so when the database, its tables or the right to read them go away later', async () => {
    const login = await fresh('passing')
    const plane = await open(login)
    await root.query("CREATE USER IF NOT EXISTS guest@'%' IDENTIFIED BY 'p'")
    await root.query("GRANT ALL ON passing.* TO guest@'%'")
    const guest = await open({ ...login, user: 'guest', password: 'p' })
    expect(await guest.list()).toEqual([])
    await root.query("REVOKE ALL ON passing.* FROM guest@'%'")
    await expect(guest.list()).rejects.toMatchObject({ code: 'beads_login_refused' })
    await root.query('DROP TABLE labels')
    await expect(plane.list()).rejects.toMatchObject({ code: 'work_plane_schema' })
    await root.query('DROP TABLE dependencies, comments, events, child_counters, issue_snapshots, compaction_snapshots')
    await root.query('DROP TABLE issues')
    await expect(plane.list()).rejects.toMatchObject({ code: 'beads_tables_missing' })
    await root.query('DROP DATABASE passing')
    await expect(plane.list()).rejects.toMatchObject({ code: 'beads_database_missing' })
  })

  it.each([
    ['reader', 'SELECT'],
    ['rower', 'SELECT, INSERT, UPDATE, DELETE'],
  ])('reads with the login of a %s and refuses to write', async (user, privileges) => {
    const login = await fresh('guarded')
    await (await open(login)).create({ title: 'seen' }, by)
    await root.query(`CREATE USER IF NOT EXISTS ${user}@'%' IDENTIFIED BY 'p'`)
    await root.query(`GRANT ${privileges} ON guarded.* TO ${user}@'%'`)
    const plane = await open({ ...login, user, password: 'p' })
    expect(await plane.manifest()).toMatchObject({ readOnly: true, readOnlyReason: expect.stringContaining('denied') })
    const [bead] = await plane.list()
    expect(bead?.title).toMatch('seen')
    const before = await rows('SELECT commit_hash FROM dolt_log')
    await expect(plane.create({ title: 't' }, by)).rejects.toMatchObject({ code: 'read_only' })
    await expect(plane.close(bead?.id ?? '', { reason: '' }, by)).rejects.toMatchObject({ code: 'read_only' })
    expect(await rows('SELECT commit_hash FROM dolt_log')).toEqual(before)
    const cursor = await plane.cursor()
    await (await open(login)).update(bead?.id ?? '', { title: `seen by a ${user}` }, by)
    expect((await plane.changes(cursor))?.beads).toEqual([bead?.id])
  })

  it('writes as soon as its login may, and says so when it may not any more', async () => {
    const login = await fresh('granted')
    await root.query("CREATE USER IF NOT EXISTS grown@'%' IDENTIFIED BY 'p'")
    await root.query("GRANT SELECT ON granted.* TO grown@'%'")
    const plane = await open({ ...login, user: 'grown', password: 'p' })
    expect(await plane.manifest()).toMatchObject({ readOnly: true })
    await root.query("GRANT ALL ON granted.* TO grown@'%'")
    expect((await plane.create({ title: 'now' }, by)).title).toBe('now')
    expect(await plane.manifest()).toMatchObject({ readOnly: false, readOnlyReason: null })
    await root.query("REVOKE INSERT, UPDATE, DELETE, EXECUTE ON granted.* FROM grown@'%'")
    expect(await plane.manifest()).toMatchObject({ readOnly: true, readOnlyReason: expect.stringContaining('denied') })
  })

  it.each([
    ['with the old target as a column that is computed', 'depends_on_id varchar(255) AS (TARGET) STORED,', 42],
    ['without the old target', '', 43],
  ])('reads the newer shape of the edges %s, and does not write it', async (_, column, version) => {
    const login = await fresh(`newer_${version}`)
    const plane = await open(login)
    const blocker = await plane.create({ title: 'blocker' }, by)
    const bead = await plane.create({ title: 'held', dependencies: [{ to: blocker.id, kind: 'blocks' }] }, by)
    await moveSchema(column, version)
    const targets = [
      ...["NULL, NULL, 'external:a:b', 'blocks'", "NULL, 'gm-wisp-abc', NULL, 'blocks'"],
      `'${blocker.id}', NULL, NULL, 'related'`,
    ]
    const into =
      'INSERT INTO dependencies (issue_id, depends_on_issue_id, depends_on_wisp_id, depends_on_external, type)'
    for (const [at, target] of targets.entries()) {
      const from = at === 2 ? (await made('friend')).id : bead.id
      await root.query(`${into} VALUES ('${from}', ${target})`)
    }
    await root.query("CALL DOLT_COMMIT('-Am', 'another program moves the schema')")

    const newer = await open(login)
    expect(await newer.manifest()).toMatchObject({ readOnly: true, schemaVersion: version })
    const held = await newer.get(bead.id)
    expect([held.blockedBy, held.title]).toEqual([[blocker.id], 'held'])
    const edges = [blocker.id, 'external:a:b', 'gm-wisp-abc'].map((to) => `${to} blocks`)
    expect(held.dependencies.map(({ to, kind }) => `${to} ${kind}`).sort()).toEqual(edges.sort())
    expect((await newer.get(blocker.id)).dependents.map(({ kind }) => kind).sort()).toEqual(['blocks', 'related'])
    expect((await newer.ready()).sort()).toEqual([blocker.id, 'friend'].sort())
    expect((await newer.summaries([blocker.id])).map((each) => each.id).sort()).toEqual([bead.id, blocker.id].sort())
    expect((await newer.list()).find(({ id }) => id === blocker.id)?.blocks).toEqual([bead.id])
    expect((await newer.history?.(bead.id, 10))?.items.map(({ kind }) => kind)).toContain('created')
    const lines: string[] = []
    await sqlExchange(login).export('bd', async (text) => void lines.push(text))
    for (const to of ['external:a:b', 'gm-wisp-abc']) expect(lines.join('')).toContain(`"depends_on_id":"${to}"`)

    const refused = { code: 'work_plane_schema' }
    await expect(newer.update(bead.id, { title: 'x' }, by)).rejects.toMatchObject(refused)
    await expect(newer.addDependency('friend', bead.id, 'blocks', by)).rejects.toMatchObject(refused)
    const [cursor, before] = [await newer.cursor(), await newer.digests([bead.id, blocker.id])]
    await root.query("DELETE FROM dependencies WHERE depends_on_wisp_id = 'gm-wisp-abc'")
    const first = await newer.changes(cursor)
    expect(first?.beads).toEqual(expect.arrayContaining([bead.id]))
    const between = await newer.digests([bead.id, blocker.id])
    expect([...between].filter(([id, digest]) => before.get(id) !== digest).map(([id]) => id)).toEqual([bead.id])
    await root.query(`DELETE FROM dependencies WHERE issue_id = '${bead.id}' AND depends_on_issue_id = '${blocker.id}'`)
    const second = await newer.changes(first?.cursor ?? '')
    expect(second?.beads).toEqual(expect.arrayContaining([bead.id, blocker.id]))
    // Whoever was there before is met by the change in the middle of its work.
    await expect(plane.update(bead.id, { title: 'x' }, by)).rejects.toMatchObject(refused)
    expect(await plane.manifest()).toMatchObject({ readOnly: true, schemaVersion: version })
    expect((await plane.get(bead.id)).blockedBy).toEqual([])
  })

  it('knows the statuses and types of the database', async () => {
    const login = await fresh('custom')
    await root.query("INSERT INTO config VALUES ('status.custom', 'review:wip, later'), ('types.custom', 'convoy')")
    await root.query("INSERT INTO custom_statuses VALUES ('testing', 'active')")
    await root.query("INSERT INTO custom_types VALUES ('slot')")
    const plane = await open(login)
    const manifest = await plane.manifest()
    expect(manifest.statuses.slice(-3)).toEqual(['testing', 'review', 'later'])
    expect(manifest.types.slice(-2)).toEqual(['slot', 'convoy'])
    const bead = await plane.create({ title: 't', status: 'review', type: 'convoy' }, by)
    expect(bead).toMatchObject({ status: 'review', state: 'backlog', type: 'convoy', ready: false })
  })

  it('counts ids where the database says so', async () => {
    const login = await fresh('counted')
    await root.query("INSERT INTO config VALUES ('issue_id_mode', 'counter')")
    const plane = await open(login)
    await plane.create({ title: 't', id: 'gm-41' }, by)
    const made = await Promise.all([1, 2, 3].map((n) => plane.create({ title: `t${n}` }, by)))
    expect(made.map((bead) => bead.id).sort()).toEqual(['gm-42', 'gm-43', 'gm-44'])
  })

  it('shows what other programs stored, however odd', async () => {
    const login = await fresh('odd')
    const texts = "'', '', '', ''"
    const insert = 'INSERT INTO issues (id, title, description, design, acceptance_criteria, notes'
    await root.query(`${insert}) VALUES ('gm-min', 'minimal', ${texts})`)
    await root.query(`${insert}, status, issue_type, priority, metadata, assignee) VALUES
      ('gm-odd', 'odd', ${texts}, 'flying', 'starship', 9, '[1]', '')`)
    await root.query(`${insert}, metadata) VALUES ('gm-null', 'null', ${texts}, NULL)`)
    await root.query("INSERT INTO dependencies (issue_id, depends_on_id, created_by) VALUES ('gm-min', 'gone-1', 'x')")
    const plane = await open(login)
    expect(await plane.get('gm-odd')).toMatchObject({
      status: 'flying',
      state: 'backlog',
      metadata: {},
      assignee: null,
    })
    expect(await plane.get('gm-null')).toMatchObject({ metadata: {} })
    expect(await plane.get('gm-min')).toMatchObject({ ready: true, blockedBy: [] })
    expect((await plane.update('gm-odd', { status: 'open' }, by)).priority).toBe(9)
    expect(await plane.list()).toHaveLength(3)
  })

  it('signs its own commits with the given author', async () => {
    const plane = await open({ ...(await fresh('signed')), author: 'Robot <robot@example.org>' })
    await plane.create({ title: 't' }, { actor: { name: 'gemba', via: 'system' } })
    expect(await rows('SELECT committer, email FROM dolt_log LIMIT 1')).toEqual([
      { committer: 'Robot', email: 'robot@example.org' },
    ])
  })
})
