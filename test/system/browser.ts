import {
  chromium,
  expect as see,
  type Browser,
  type BrowserContextOptions,
  type Locator,
  type Page,
} from '@playwright/test'
import { findTool } from '../../runtime/tools/locate.ts'
import type { RunningGemba } from './running-gemba.ts'

const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-gpu',
]
/** Chromium's sandbox does not work for root. */
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []

/** How long a test waits for what should come at once: a limit, not a measure. */
export const patience = { timeout: 30_000 }

/** A real Chromium: the machine's own, else the one that Playwright downloaded. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findTool('chromium')
  const args = [...quiet, ...asRoot]
  return chromium.launch({ args, ...(executablePath === undefined ? {} : { executablePath }) })
}

/** The address that `gemba serve` printed, token and all. */
export function printedUrl(gemba: RunningGemba): string {
  const ready = gemba.lines.findLast((line) => line.includes('"event":"ready"'))
  if (ready === undefined) throw new Error('gemba serve has printed no address')
  return (JSON.parse(ready) as { url: string }).url
}

/** A person in front of the console, in a browser window of their own. */
export class Viewer {
  readonly page: Page
  readonly origin: string
  /** Errors of scripts and refusals of the page's own policy: there must be none. */
  readonly broken: string[] = []
  readonly #printed: string

  private constructor(page: Page, printed: string) {
    this.page = page
    this.#printed = printed
    this.origin = new URL(printed).origin
    page.on('pageerror', (error) => this.broken.push(error.message))
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) this.broken.push(message.text())
    })
  }

  /** Opens the printed address in a fresh browser profile and waits until the console is live. */
  static async open(browser: Browser, gemba: RunningGemba, options: BrowserContextOptions = {}): Promise<Viewer> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
    const viewer = new Viewer(await context.newPage(), printedUrl(gemba))
    await viewer.page.goto(viewer.#printed)
    await viewer.live()
    return viewer
  }

  async go(path: string): Promise<void> {
    await this.page.goto(this.origin + path)
    await this.live()
  }

  async live(): Promise<void> {
    await see(this.page.locator('[data-connection]')).toHaveText('live', patience)
    await see(this.page.getByText(/^(Reading|Loading) .*…$/)).toHaveCount(0, patience)
  }

  card(bead: string): Locator {
    return this.page.locator(`[data-bead="${bead}"]`)
  }

  lane(state: string): Locator {
    return this.page.locator(`[data-lane="${state}"]`)
  }

  /** The card of a bead where it stands in a lane; waits until it is there. */
  async sees(bead: string, state: string): Promise<void> {
    await see(this.lane(state).locator(`[data-bead="${bead}"]`)).toBeVisible(patience)
  }

  async drag(bead: string, state: string): Promise<void> {
    await this.card(bead).scrollIntoViewIfNeeded(patience)
    const from = await this.card(bead).boundingBox()
    const to = await this.lane(state).boundingBox()
    if (from === null || to === null) throw new Error('nothing to drag')
    const { mouse } = this.page
    await mouse.move(from.x + 40, from.y + 14)
    await mouse.down()
    await mouse.move(from.x + 60, from.y + 30, { steps: 3 })
    await mouse.move(to.x + to.width / 2, to.y + 120, { steps: 8 })
    await mouse.up()
  }

  /** Moves a bead by its card's menu with the keyboard alone. */
  async moveByKeyboard(bead: string, title: string): Promise<void> {
    await this.card(bead).locator('a').focus()
    await this.page.keyboard.press('m')
    const item = this.page.getByRole('menuitem', { name: title })
    for (let step = 0; step < 5; step += 1) {
      if (await item.evaluate((element) => element === document.activeElement)) break
      await this.page.keyboard.press('ArrowDown')
    }
    await this.page.keyboard.press('Enter')
  }

  /** Notes every text that an element shows from now on, however briefly; `name` tells several apart. */
  async record(selector: string, name = selector): Promise<() => Promise<string[]>> {
    await this.page.evaluate(
      ([selector, name]) => {
        const kept = ((window as { seen?: Record<string, string[]> }).seen ??= {})
        const texts: string[] = (kept[name] = [])
        const note = (): void => {
          const text = document.querySelector<HTMLElement>(selector)?.innerText.replace(/\s+/g, ' ').trim() ?? ''
          if (texts.at(-1) !== text) texts.push(text)
        }
        new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true })
        note()
      },
      [selector, name] as const,
    )
    return () => this.page.evaluate((key) => (window as { seen?: Record<string, string[]> }).seen?.[key] ?? [], name)
  }

  close(): Promise<void> {
    return this.page.context().close()
  }
}
