import { expect, type Browser, type Locator, type Page } from '@playwright/test'
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, onTestFinished, vi } from 'vitest'
import type { ManifestEntry } from '../../model/manifest.ts'
import { createBeads } from '../../planes/work/create-beads.ts'
import { startDoltServer, type DoltServer } from '../dolt-server.ts'
import { launchBeadsOnly, type RunningBeadsOnly } from './beads-only-server.ts'
import { launchBrowser, patience } from './browser.ts'

export const see = expect.configure(patience)

/** A test waits for many things, each at its leisure. */
const testTimeout = 180_000

/** A database of its own, open in the Gemba that the tests of a file share, and a person who looks at it. */
export interface BeadsScene {
  readonly database: string
  readonly running: RunningBeadsOnly
  readonly page: Page
}

/** A Dolt server, a browser and a `gemba serve --beads-only` for the tests of a file. */
export class BeadsOnlyBench {
  #dolt: DoltServer | undefined
  #browser: Browser | undefined
  #running: Promise<RunningBeadsOnly> | undefined
  #databases = 0
  readonly #ends: (() => Promise<void>)[] = []

  constructor() {
    vi.setConfig({ testTimeout })
    beforeAll(async () => {
      ;[this.#dolt, this.#browser] = await Promise.all([startDoltServer(), launchBrowser()])
    })
    afterAll(async () => {
      await this.#browser?.close()
      for (const end of this.#ends.reverse()) await end()
      await this.#dolt?.release()
    })
  }

  get dolt(): DoltServer {
    if (this.#dolt === undefined) throw new Error('there is a Dolt server only while tests run')
    return this.#dolt
  }

  /** What happens while the Dolt server is gone; it is there again at the end. */
  async whileAway(happens: () => Promise<void>): Promise<void> {
    await this.dolt.kill()
    try {
      await happens()
    } finally {
      await this.dolt.restart()
    }
  }

  /** Opens a new database in the shared Gemba, as its source selection does, and a page of it. */
  async begin(path = '/board'): Promise<BeadsScene> {
    const database = await this.newDatabase()
    const running = await this.#shared()
    await running.api.change('POST', '/status/source', { kind: 'url', url: this.addressOf(database) })
    return { database, running, page: await this.open(running, path) }
  }

  async newDatabase(): Promise<string> {
    this.#databases += 1
    const database = `beads${this.#databases}`
    const { host, port, user } = this.dolt
    await createBeads({ host, port, user, database, prefix: 'gm' })
    return database
  }

  addressOf(database: string, login = 'root'): string {
    return `mysql://${login}@${this.dolt.host}:${this.dolt.port}/${database}`
  }

  /** Rows of a database, as any other program reads them. */
  async rows(database: string, query: string, values: readonly string[] = []): Promise<RowDataPacket[]> {
    const { host, port, user } = this.dolt
    const connection = await createConnection({ host, port, user, database })
    try {
      const [rows] = await connection.query<RowDataPacket[]>(query, [...values])
      return rows
    } finally {
      await connection.end()
    }
  }

  /** A person with a browser of their own, signed in and at this path. */
  async open(running: RunningBeadsOnly, path = '/board'): Promise<Page> {
    if (this.#browser === undefined) throw new Error('there is a browser only while tests run')
    const context = await this.#browser.newContext({ viewport: { width: 1440, height: 900 } })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    const { origin, hash } = new URL(running.printed)
    await page.goto(`${origin}${path}${hash}`)
    await see(page.locator('[data-connection]')).toHaveText('live')
    return page
  }

  /** What the session manifest tells of a database, in its order, after the connection to it. */
  manifestOf(running: RunningBeadsOnly, database: string): ManifestEntry[] {
    const all = manifestOf(running).filter(({ source }) => source.display === this.addressOf(database))
    return all.filter(({ action }) => action !== 'source.connected')
  }

  #shared(): Promise<RunningBeadsOnly> {
    this.#running ??= launchBeadsOnly(['--beads-only'], {}, (end) => void this.#ends.push(end))
    return this.#running
  }
}

/** All that the session manifest of a server holds; nothing where there is no file. */
export function manifestOf({ folder }: RunningBeadsOnly): ManifestEntry[] {
  const file = join(folder, '.gemba', 'session-manifest.jsonl')
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line) as ManifestEntry)
}

/** An empty folder that goes with the test. */
export function newFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gemba-beads-folder-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A PATH on which there is nothing but Node and a shell; goes with the test. */
export function barePath(): string {
  const folder = newFolder()
  symlinkSync(process.execPath, join(folder, 'node'))
  symlinkSync('/bin/sh', join(folder, 'sh'))
  return folder
}

/** The panel of one bead. */
export function panelOf(page: Page, bead: string): Locator {
  return page.getByRole('complementary', { name: `Bead ${bead}` })
}

/** Goes elsewhere in the console by its address. */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.goto(new URL(path, page.url()).href)
  await see(page.locator('[data-connection]')).toHaveText('live')
}

/** Drags a card by the mouse into a lane of the Kanban board. */
export async function dragCard(page: Page, bead: string, lane: string): Promise<void> {
  const card = page.locator(`[data-lanes] [data-bead="${bead}"]`)
  await see(card).toBeVisible()
  const [from, to] = [await card.boundingBox(), await page.locator(`[data-lane="${lane}"]`).boundingBox()]
  if (from === null || to === null) throw new Error('nothing to drag')
  await page.mouse.move(from.x + 40, from.y + 14)
  await page.mouse.down()
  await page.mouse.move(from.x + 60, from.y + 30, { steps: 3 })
  await page.mouse.move(to.x + Math.min(to.width / 2, 60), to.y + 120, { steps: 8 })
  await page.mouse.up()
}
