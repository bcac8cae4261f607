/** Beads-only mode as people use it: a real `gemba serve --beads-only`, a real Dolt server, a real Chromium (seed 001, 12). */
import { AxeBuilder } from '@axe-core/playwright'
import { expect as see, type Browser, type Page } from '@playwright/test'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { BeadDetail } from '../../model/bead.ts'
import type { ManifestEntry } from '../../model/manifest.ts'
import type { ModeStatus } from '../../model/mode.ts'
import { createBeads } from '../../planes/work/create-beads.ts'
import { startDoltServer, type DoltServer } from '../dolt-server.ts'
import { ApiProblem, eventually } from './api-client.ts'
import type { RunningBeadsOnly } from './beads-only-server.ts'
import { launchBrowser, patience } from './browser.ts'
import { processTree } from './process-tree.ts'
import { startBeadsOnly } from './running-beads-only.ts'

/** A test waits for many things, each at its leisure. */
vi.setConfig({ testTimeout: 180_000 })

let dolt: DoltServer
let browser: Browser
let databases = 0

beforeAll(async () => {
  ;[dolt, browser] = await Promise.all([startDoltServer(), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await dolt?.release()
})

async function newDatabase(): Promise<string> {
  databases += 1
  const database = `beads${databases}`
  await createBeads({ host: dolt.host, port: dolt.port, user: dolt.user, database, prefix: 'gm' })
  return database
}

function addressOf(database: string, login = 'root'): string {
  return `mysql://${login}@${dolt.host}:${dolt.port}/${database}`
}

function manifestOf({ folder }: RunningBeadsOnly): ManifestEntry[] {
  const text = readFileSync(join(folder, '.gemba', 'session-manifest.jsonl'), 'utf8')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ManifestEntry)
}

/** What there is for Linux to say which programs run below a process. */
function programsBelow(pid: number): string[] {
  return [...processTree([pid]).keys()].map((each) =>
    readFileSync(`/proc/${each}/cmdline`, 'utf8').replaceAll('\0', ' '),
  )
}

async function codeOf(request: Promise<unknown>): Promise<string> {
  return request.then(
    () => 'none',
    (error: unknown) => (error instanceof ApiProblem ? error.code : String(error)),
  )
}

describe('gemba serve --beads-only', () => {
  it('starts nothing but its server, and says what it is', async () => {
    const database = await newDatabase()
    const running = await startBeadsOnly(['--beads-only', '--beads-url', addressOf(database)])
    const programs = programsBelow(running.pid)
    expect(programs.join('\n')).toMatch(/beads-only/)
    expect(programs.join('\n')).not.toMatch(/temporal|tmux|workers\/host|dist\/host|\bgit\b|\bdolt sql-server/)
    expect(await running.api.get<ModeStatus>('/status')).toMatchObject({
      mode: 'beads_only',
      source: { kind: 'url', display: addressOf(database), readonly: false },
      project_required: false,
      orchestration_required: false,
      manifest_path: join(running.folder, '.gemba', 'session-manifest.jsonl'),
      beads_read_only: false,
      privilege: 'read_write',
      health: { healthy: true },
      manifest: { status: 'ok' },
    })
    for (const path of [
      '/sessions',
      '/escalations',
      '/hosts',
      '/parked',
      '/walk',
      '/reviews/1',
      '/cascades',
      '/setup',
    ]) {
      expect(await codeOf(running.api.get(path))).toBe('unavailable_in_mode')
    }
    expect(await codeOf(running.api.change('POST', '/dispatch', { items: [{ bead: 'gm-1' }] }))).toBe(
      'unavailable_in_mode',
    )
  })

  it('records each kind of change once, and nothing of what failed', async () => {
    const running = await startBeadsOnly(['--beads-only', '--beads-url', addressOf(await newDatabase())])
    const { api } = running
    const milestone = await api.create({ title: 'M1: First light', type: 'milestone' })
    const epic = await api.create({ title: 'E1: Reading', type: 'epic', parent: milestone.id })
    const bead = await api.create({ title: 'BOM-3: Session manifest', parent: epic.id, labels: ['staged:true'] })
    const decision = await api.create({ title: 'Keep JSONL', type: 'decision', labels: ['d:1'] })
    const moved = await api.change<BeadDetail>('PATCH', `/beads/${bead.id}`, {
      status: 'in_progress',
      removeLabels: ['staged:true'],
    })
    expect([moved.status, moved.assignee]).toEqual(['in_progress', null])
    await api.change('PATCH', `/beads/${bead.id}`, { title: 'BOM-3: Session manifest JSONL ledger' })
    await api.change('PUT', `/beads/${bead.id}/dependencies/${decision.id}`, { kind: 'blocks' })
    expect(await codeOf(api.change('PUT', `/beads/${decision.id}/dependencies/${bead.id}`, { kind: 'blocks' }))).toBe(
      'dependency_cycle',
    )
    expect(await codeOf(api.change('PATCH', '/beads/gm-none', { title: 'x' }))).toBe('bead_not_found')
    await api.change('DELETE', `/beads/${bead.id}`)
    expect(manifestOf(running).map(({ action }) => action)).toEqual([
      'source.connected',
      'milestone.created',
      'epic.created',
      'work_item.created',
      'decision.created',
      'work_item.state_changed',
      'work_item.edited',
      'dependency.changed',
      'work_item.deleted',
    ])
    expect(manifestOf(running)[5]).toMatchObject({
      actor: 'mike',
      mode: 'beads_only',
      entity: { type: 'bead', id: bead.id, title: 'BOM-3: Session manifest' },
      before: { state_category: 'staged' },
      after: { state_category: 'started' },
    })
  })

  it('with --beads-read-only refuses a change before it reaches the source, and records nothing', async () => {
    const database = await newDatabase()
    const writer = await startBeadsOnly(['--beads-only', '--beads-url', addressOf(database)])
    const bead = await writer.api.create({ title: 'Stays as it is' })
    const reader = await startBeadsOnly(['--beads-url', addressOf(database)], {
      GEMBA_BEADS_READ_ONLY: 'true',
      GEMBA_BEADS_ONLY: 'true',
    })
    expect(await reader.api.get<ModeStatus>('/status')).toMatchObject({ beads_read_only: true, privilege: 'read_only' })
    expect(await reader.api.get<object>('/capabilities')).toMatchObject({
      mode: 'beads_only',
      beads_read_only: true,
      source: { kind: 'url', display: addressOf(database), readonly: true },
      manifest_path: join(reader.folder, '.gemba', 'session-manifest.jsonl'),
    })
    expect(await codeOf(reader.api.change('PATCH', `/beads/${bead.id}`, { status: 'in_progress' }))).toBe('read_only')
    expect(await codeOf(reader.api.create({ title: 'x' }))).toBe('read_only')
    expect((await writer.api.bead(bead.id)).status).toBe('open')
    expect(() => manifestOf(reader)).toThrow('ENOENT')
  })

  it('finds out at the connection that a login may only read, and says so', async () => {
    const database = await newDatabase()
    const root = await createConnection({ host: dolt.host, port: dolt.port, user: 'root' })
    onTestFinished(() => root.end())
    await root.query(`create user 'reader${databases}'@'%' identified by 'secret'`)
    await root.query(`grant select on ${database}.* to 'reader${databases}'@'%'`)
    const address = addressOf(database, `reader${databases}`)
    const password = join(tmpdir(), `gemba-password-${process.pid}`)
    writeFileSync(password, 'secret\n', { mode: 0o600 })
    onTestFinished(() => rmSync(password))
    const running = await startBeadsOnly(['--beads-only', '--beads-url', address], {
      GEMBA_BEADS_PASSWORD_FILE: password,
    })
    const status = await running.api.get<ModeStatus>('/status')
    expect(status).toMatchObject({ privilege: 'read_only', beads_read_only: false, source: { readonly: true } })
    expect(status.read_only_reason).not.toBe('')
    expect(await codeOf(running.api.create({ title: 'x' }))).toBe('read_only')
    expect(JSON.stringify(status) + running.said() + programsBelow(running.pid).join('\n')).not.toContain('secret')
  })

  it('takes the password of GEMBA_BEADS_URL, and shows, logs and hands it on to nobody', async () => {
    const database = await newDatabase()
    const root = await createConnection({ host: dolt.host, port: dolt.port, user: 'root' })
    onTestFinished(() => root.end())
    await root.query("CREATE USER IF NOT EXISTS 'keeper'@'%' IDENTIFIED BY 'open-sesame'")
    await root.query(`GRANT ALL ON ${database}.* TO 'keeper'@'%'`)
    const env = { GEMBA_BEADS_URL: addressOf(database, 'keeper:open-sesame'), GEMBA_LOG_LEVEL: 'debug' }
    const running = await startBeadsOnly(['--beads-only'], env)
    await running.api.create({ title: 'Kept' })
    const status = await running.api.get<ModeStatus>('/status')
    expect(status).toMatchObject({ source: { display: addressOf(database, 'keeper') }, health: { healthy: true } })
    const capabilities = await running.api.get('/capabilities')
    expect(running.logged()).toContain('"name":"server"')
    const told = [running.said(), running.logged(), programsBelow(running.pid).join('\n')]
    for (const text of [...told, JSON.stringify([status, capabilities, manifestOf(running)])])
      expect(text).not.toContain('open-sesame')
  })

  it('keeps the wrong password, the missing database and the foreign one apart, and takes the right one afterwards', async () => {
    const database = await newDatabase()
    const running = await startBeadsOnly(['--beads-only'])
    expect(await running.api.get<ModeStatus>('/status')).toMatchObject({ source: null, health: { healthy: false } })
    const select = (url: string) => running.api.change<ModeStatus>('POST', '/status/source', { kind: 'url', url })
    expect(await codeOf(select(addressOf(database, 'nobody:wrong')))).toBe('beads_login_refused')
    expect(await codeOf(select(addressOf('not_there')))).toBe('beads_database_missing')
    expect(await codeOf(select('mysql://root@127.0.0.1:1/x'))).toBe('work_plane_unavailable')
    const root = await createConnection({ host: dolt.host, port: dolt.port, user: 'root' })
    onTestFinished(() => root.end())
    await root.query('create database if not exists foreign_one')
    expect(await codeOf(select(addressOf('foreign_one')))).toBe('beads_tables_missing')
    expect(await codeOf(select('not an address'))).toBe('source_invalid')
    expect(await select(addressOf(database))).toMatchObject({ source: { display: addressOf(database) } })
    expect(await running.api.beads()).toEqual([])
    // What was chosen holds when the server is started again after a crash.
    const [server] = [...processTree([running.pid]).keys()].filter((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('beads-only.'),
    )
    process.kill(server ?? 0, 'SIGKILL')
    await eventually(
      'it is up again with its source',
      async () =>
        (await running.api.get<ModeStatus>('/status').catch(() => undefined))?.source?.display === addressOf(database),
    )
  })
})

describe('trouble', () => {
  it('a source that goes away is told, refuses writes with a code, and is taken up when it is back', async () => {
    const running = await startBeadsOnly(['--beads-only', '--beads-url', addressOf(await newDatabase())])
    const { api } = running
    const { id } = await api.create({ title: 'Stays' })
    const healthy = async () => (await api.get<ModeStatus>('/status')).health.healthy
    await dolt.kill()
    await eventually('it says that the source is away', async () => !(await healthy()))
    expect(await codeOf(api.change('PATCH', `/beads/${id}`, { title: 'x' }))).toBe('work_plane_unavailable')
    await dolt.restart()
    await eventually('it says that the source is back', healthy)
    await api.change('PATCH', `/beads/${id}`, { title: 'Stays as it is' })
    expect(manifestOf(running).map(({ action }) => action)).toEqual([
      'source.connected',
      'work_item.created',
      'work_item.edited',
    ])
  })

  it('a source that is away at the start is told, and opened when it is there', async () => {
    const database = await newDatabase()
    await dolt.kill()
    const running = await startBeadsOnly(['--beads-only', '--beads-url', addressOf(database)])
    expect(await running.api.get<ModeStatus>('/status')).toMatchObject({
      source: { display: addressOf(database) },
      privilege: 'unknown',
      health: { healthy: false },
    })
    await dolt.restart()
    await eventually('it is open', async () => (await running.api.get<ModeStatus>('/status')).health.healthy)
    await running.api.create({ title: 'Made' })
  })

  it('a wrong password is told where the person looks, on a phone too, and not as an empty database', async () => {
    const running = await startBeadsOnly([
      '--beads-only',
      '--beads-url',
      addressOf(await newDatabase(), 'nobody:wrong'),
    ])
    const { health } = await running.api.get<ModeStatus>('/status')
    expect(health).toMatchObject({ healthy: false, code: 'beads_login_refused', mend: expect.stringContaining('user') })
    for (const width of [1440, 390]) {
      const context = await browser.newContext({ viewport: { width, height: 900 } })
      onTestFinished(() => context.close())
      const page = await context.newPage()
      await page.goto(running.printed)
      const banner = page.getByRole('alert')
      await see(banner).toContainText(/nobody.*denied|denied.*nobody/i, patience)
      await see(banner).toContainText('Correct the user')
      await see(banner).toContainText('beads_login_refused')
      await see(page.getByText('The beads have not been read yet')).toBeVisible(patience)
      await see(page.getByText('No beads yet')).toHaveCount(0)
      expect(await page.content()).not.toContain('nobody:wrong')
    }
  })

  it('a manifest that can not be written fails no write, and shows', async () => {
    const running = await startBeadsOnly([
      ...['--beads-only', '--beads-url', addressOf(await newDatabase())],
      ...['--beads-history', tmpdir()],
    ])
    const { id } = await running.api.create({ title: 'Made all the same' })
    expect((await running.api.bead(id)).title).toBe('Made all the same')
    const { manifest } = await running.api.get<ModeStatus>('/status')
    expect(manifest).toMatchObject({ status: 'failed', lost: 2 })
    expect(manifest.why).not.toBe('')
  })
})

describe('the console of Beads-only mode', () => {
  async function open(running: RunningBeadsOnly, width = 1440): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 900 } })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await page.goto(running.printed)
    await see(page.locator('[data-connection]')).toHaveText('live', patience)
    return page
  }

  async function expectAccessible(page: Page): Promise<void> {
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([])
  }

  it('opens with the status, shows what the mode has, and has a way back from what it has not', async () => {
    const database = await newDatabase()
    const running = await startBeadsOnly(['--beads-only', '--beads-url', addressOf(database)])
    await running.api.create({ title: 'M1: First light', type: 'milestone' })
    const page = await open(running)
    const panel = page.locator('[data-project-panel]')
    await see(panel.locator('[data-source]')).toHaveText(addressOf(database), patience)
    await see(panel.locator('[data-mode]')).toHaveText('Beads-only')
    await see(panel).toContainText('not applicable')
    await see(page.getByRole('navigation', { name: 'Pages' }).getByRole('link')).toHaveText(['Board', 'Backlog'])
    await expectAccessible(page)
    for (const path of [
      '/sessions',
      '/sessions/s1',
      '/inbox',
      '/hosts',
      '/walk/7',
      '/review',
      '/cascade/x/y',
      '/setup',
    ]) {
      await page.goto(new URL(path, running.printed).href)
      await see(page.getByRole('heading', { name: /: unavailable in Beads-only mode/ })).toBeVisible(patience)
    }
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Go to the board' }).click()
    await see(panel.locator('[data-source]')).toBeVisible(patience)
    await see(page.getByText('M1: First light')).toBeVisible(patience)
  })

  it('begins with the choice of a source, and leads from there to the board with the status beside it', async () => {
    const database = await newDatabase()
    const running = await startBeadsOnly(['--beads-only'])
    const page = await open(running)
    await see(page.getByRole('heading', { name: 'Choose a Beads database' })).toBeVisible(patience)
    await expectAccessible(page)
    await page.getByLabel('Address of the database').fill(addressOf('not_there'))
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    await see(page.getByRole('alert')).toContainText('beads_database_missing', patience)
    await page.getByLabel('Address of the database').fill(addressOf(database))
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    await see(page.locator('[data-project-panel] [data-source]')).toHaveText(addressOf(database), patience)
  })

  it('moves a staged bead to In progress by drag: an edit, which the history tells, and no dispatch', async () => {
    const running = await startBeadsOnly(['--beads-only', '--beads-url', addressOf(await newDatabase())])
    const { id } = await running.api.create({ title: 'BOM-3: Session manifest JSONL ledger', labels: ['staged:true'] })
    const page = await open(running)
    await page.goto(new URL('/board?layout=kanban&panel=history', running.printed).href)
    const card = page.locator(`[data-lane="staged"] [data-bead="${id}"]`)
    await see(card).toBeVisible(patience)
    const [from, to] = [await card.boundingBox(), await page.locator('[data-lane="started"]').boundingBox()]
    if (from === null || to === null) throw new Error('nothing to drag')
    await page.mouse.move(from.x + 40, from.y + 14)
    await page.mouse.down()
    await page.mouse.move(from.x + 60, from.y + 30, { steps: 3 })
    await page.mouse.move(to.x + Math.min(to.width / 2, 60), to.y + 120, { steps: 8 })
    await page.mouse.up()
    await see(page.locator(`[data-lane="started"] [data-bead="${id}"]`)).toBeVisible(patience)
    const history = page.locator('[data-project-panel]')
    await see(history).toContainText(
      /You moved .BOM-3: Session manifest JSONL ledger. from Staged to In Progress/,
      patience,
    )
    await expectAccessible(page)
    const bead = await running.api.bead(id)
    expect([bead.status, bead.assignee]).toEqual(['in_progress', null])
    expect(programsBelow(running.pid).join('\n')).not.toMatch(/tmux|temporal/)
    await page.reload()
    await see(history).toContainText('You moved', patience)
  })

  it('in Beads-read-only mode shows all and offers no change', async () => {
    const database = await newDatabase()
    const writer = await startBeadsOnly(['--beads-only', '--beads-url', addressOf(database)])
    const { id } = await writer.api.create({ title: 'To be read', description: 'A **text**.' })
    const reader = await startBeadsOnly(['--beads-read-only', '--beads-url', addressOf(database)])
    const page = await open(reader)
    await see(page.locator('[data-project-panel] [data-mode]')).toHaveText('Beads-read-only', patience)
    await see(page.getByRole('button', { name: 'New bead' })).toHaveCount(0)
    await page.goto(new URL(`/board/${id}`, reader.printed).href)
    await see(page.getByText('A text.')).toBeVisible(patience)
    await see(page.getByRole('button', { name: /Delete|Edit/ })).toHaveCount(0)
    await expectAccessible(page)
  })
})
