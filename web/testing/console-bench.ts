/** The built console in a real Chromium, against a double of the API: what its tests stand on. */
import type { Browser, BrowserContextOptions, Locator, Page } from '@playwright/test'
import { chromium, expect as expectIn } from '@playwright/test'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { findTool } from '../../runtime/tools/locate.ts'
import type { ApiDouble } from './api-double.ts'
import { startApiDouble } from './api-double.ts'
import type { BuiltConsole } from './build-console.ts'
import { buildConsole } from './build-console.ts'

/** Waits for what comes at once; the limit is for slow machines. */
export const patience = { timeout: 30_000 }
export const see = expectIn.configure(patience)

const launchArguments = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
]

/** One for a file of tests: builds the console once, and gives each test an API and a window of its own. */
export class ConsoleBench {
  #files: BuiltConsole | undefined
  #browser: Browser | undefined
  #api: ApiDouble | undefined
  #page: Page | undefined
  #broken: string[] = []

  constructor() {
    beforeAll(async () => {
      this.#files = await buildConsole()
      const executablePath = findTool('chromium')
      this.#browser = await chromium.launch({
        args: launchArguments,
        ...(executablePath === undefined ? {} : { executablePath }),
      })
    })
    afterAll(async () => {
      await this.#browser?.close()
      await this.#files?.remove()
    })
    beforeEach(async () => {
      this.#broken = []
      this.#api = await startApiDouble(there(this.#files).folder)
      this.#page = await this.open()
    })
    afterEach(async () => {
      await Promise.all(
        there(this.#browser)
          .contexts()
          .map((context) => context.close()),
      )
      await this.#api?.close()
      expect(this.#broken).toEqual([])
    })
  }

  get api(): ApiDouble {
    return there(this.#api)
  }

  get page(): Page {
    return there(this.#page)
  }

  /** A window of another profile. */
  async open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await there(this.#browser).newContext({ viewport: { width: 1440, height: 900 }, ...options })
    const opened = await context.newPage()
    opened.on('pageerror', (error) => this.#broken.push(error.message))
    opened.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) this.#broken.push(message.text())
    })
    return opened
  }

  async signIn(path = '/board', on: Page = this.page): Promise<void> {
    await on.goto(`${this.api.url}${path}#token=${this.api.token}`)
    await see(on.locator('[data-connection]')).toHaveText('live')
  }

  card(id: string): Locator {
    return this.page.locator(`[data-bead="${id}"]`)
  }

  lane(state: string): Locator {
    return this.page.locator(`[data-lane="${state}"]`)
  }

  async drag(id: string, state: string): Promise<void> {
    await this.card(id).scrollIntoViewIfNeeded()
    const from = await this.card(id).boundingBox()
    const to = await this.lane(state).boundingBox()
    if (from === null || to === null) throw new Error('nothing to drag')
    const { mouse } = this.page
    await mouse.move(from.x + 40, from.y + 14)
    await mouse.down()
    await mouse.move(from.x + 60, from.y + 30, { steps: 3 })
    await mouse.move(to.x + to.width / 2, to.y + 120, { steps: 8 })
    await mouse.up()
  }
}

function there<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('only within a test')
  return thing
}
