import { existsSync } from 'node:fs'
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { GembaError } from '../../model/error.ts'
import { findProgram, findTool } from '../../runtime/tools/locate.ts'

const launchArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
]

/** One Chromium for the whole run, started when it is first needed. */
export class ConsoleBrowser {
  #browser: Promise<Browser> | undefined

  async profile(): Promise<BrowserContext> {
    this.#browser ??= chromium.launch({ args: launchArguments, executablePath: findChromium() })
    return (await this.#browser).newContext({ viewport: { width: 1440, height: 900 } })
  }

  async close(): Promise<void> {
    await (await this.#browser)?.close()
  }

  /** The browser's version; undefined when it was not needed. */
  async version(): Promise<string | undefined> {
    return (await this.#browser)?.version()
  }
}

function findChromium(): string {
  const others = ['chromium-browser', 'google-chrome', 'google-chrome-stable'].map((name) => findProgram(name))
  const found = [findTool('chromium'), ...others, chromium.executablePath()].find(
    (path) => path !== undefined && existsSync(path),
  )
  if (found !== undefined) return found
  throw new GembaError('tool_missing', { tool: 'chromium', why: 'it is nowhere', fix: 'Run `npm test` once.' })
}

/** One change of what an element shows, in milliseconds since 1970: when the DOM had it and when it was painted. */
export interface Look {
  readonly text: string
  readonly changed: number
  readonly painted: number
}

/** What one element of a page shows, told by the page itself: nobody has to ask. */
export interface Looks {
  readonly all: readonly Look[]
  /** The first look from `since` on (milliseconds since 1970) whose text begins with `text`; waits at most 15 s. */
  until(text: string, since: number): Promise<Look>
}

/** Watches the first element that `selector` finds, now and later. */
export async function watchElement(page: Page, selector: string): Promise<Looks> {
  const all: Look[] = []
  let wake = (): void => undefined
  await page.exposeFunction('gembaLook', (look: Look) => {
    all.push(look)
    wake()
  })
  await page.evaluate((wanted) => {
    const told = (window as unknown as { gembaLook: (look: Look) => void }).gembaLook
    let last: string | undefined
    const look = (): void => {
      const text = document.querySelector(wanted)?.textContent?.trim().replace(/\s+/g, ' ') ?? ''
      if (text === last) return
      last = text
      const changed = performance.timeOrigin + performance.now()
      requestAnimationFrame(() => {
        const channel = new MessageChannel()
        channel.port1.onmessage = () => told({ text, changed, painted: performance.timeOrigin + performance.now() })
        channel.port2.postMessage(null)
      })
    }
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true })
    look()
  }, selector)

  return {
    all,
    async until(text, since) {
      for (const end = performance.now() + 15_000; ;) {
        const found = all.find((look) => look.text.startsWith(text) && look.changed >= since)
        if (found !== undefined) return found
        const left = end - performance.now()
        if (left <= 0) throw new Error(`the console never showed "${text}"; it showed ${all.at(-1)?.text ?? 'nothing'}`)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
    },
  }
}

/**
 * Opens an address and resolves when something that `selector` finds has been painted, within some seconds:
 * milliseconds since 1970, and since the page began to load.
 */
export async function openAndPaint(
  context: BrowserContext,
  address: string,
  selector: string,
  seconds = 20,
): Promise<{ readonly page: Page; readonly at: number; readonly took: number }> {
  const page = await context.newPage()
  const painted = Promise.withResolvers<{ at: number; took: number }>()
  await page.exposeFunction('gembaPainted', (at: number, took: number) => painted.resolve({ at, took }))
  await page.addInitScript((wanted) => {
    const told = (window as unknown as { gembaPainted: (at: number, took: number) => void }).gembaPainted
    const observer = new MutationObserver(() => {
      if (document.querySelector(wanted) === null) return
      observer.disconnect()
      requestAnimationFrame(() => {
        const channel = new MessageChannel()
        channel.port1.onmessage = () => told(performance.timeOrigin + performance.now(), performance.now())
        channel.port2.postMessage(null)
      })
    })
    observer.observe(document, { childList: true, subtree: true })
  }, selector)
  await page.goto(address, { waitUntil: 'commit' })
  return { page, ...(await withinSeconds(seconds, painted.promise, `the console never painted ${selector}`)) }
}

async function withinSeconds<T>(seconds: number, wanted: Promise<T>, otherwise: string): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(otherwise)), seconds * 1_000)
  return Promise.race([wanted, late.promise]).finally(() => clearTimeout(timer))
}
