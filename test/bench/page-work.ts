import type { CDPSession, Page } from '@playwright/test'

/** What one key did, in milliseconds since it went down. */
export interface Typed {
  /** The page could do something else again. */
  readonly free: number
  /** The page has the result. */
  readonly changed: number
  readonly painted: number
  /** Processor time of the page's own thread, until well after. */
  readonly work: number
}

const settleMs = 200
const longestMs = 10_000

/**
 * Presses keys one after the other in the focused field and measures each that changes the text of what `shows` finds.
 */
export async function typed(page: Page, keys: readonly string[], shows: string): Promise<Typed[]> {
  const ticks = await threadTicks(page)
  await page.evaluate(watchKeys, shows)
  const all: Typed[] = []
  for (const key of keys) {
    const before = await ticks.read()
    await page.keyboard.press(key)
    await page.waitForTimeout(settleMs)
    const told = await page.evaluate(toldOfKey, longestMs)
    if (told !== null) all.push({ ...told, work: (await ticks.read()) - before })
  }
  await ticks.close()
  return all
}

interface Watched {
  gembaKey?: { free: number; changed: number; painted: number } | null
}

function watchKeys(shows: string): void {
  const watched = window as unknown as Watched
  const text = (): string => document.querySelector(shows)?.textContent ?? ''
  let last = text()
  let began = 0
  let free = 0
  const after = (run: () => void): void => {
    const channel = new MessageChannel()
    channel.port1.onmessage = run
    channel.port2.postMessage(null)
  }
  const down = (event: KeyboardEvent): void => {
    watched.gembaKey = null
    began = event.timeStamp
    last = text()
    free = 0
  }
  addEventListener('keydown', down, { capture: true })
  addEventListener('input', () => after(() => (free = performance.now() - began)), { capture: true })
  new MutationObserver(() => {
    if (watched.gembaKey !== null || text() === last) return
    const changed = performance.now() - began
    watched.gembaKey = { free, changed, painted: 0 }
    requestAnimationFrame(() =>
      after(() => {
        watched.gembaKey = { free, changed, painted: performance.now() - began }
      }),
    )
  }).observe(document.body, { childList: true, subtree: true, characterData: true })
}

/** Null when the key changed nothing. */
async function toldOfKey(longest: number): Promise<{ free: number; changed: number; painted: number } | null> {
  const watched = window as unknown as Watched
  for (const end = performance.now() + longest; watched.gembaKey?.painted === 0 && performance.now() < end;)
    await new Promise((resolve) => setTimeout(resolve, 20))
  return watched.gembaKey ?? null
}

/** What scrolling did. */
export interface Scrolled {
  /** Milliseconds from one frame to the next. */
  readonly frames: readonly number[]
  /** Tasks of more than 50 ms. */
  readonly longTasks: number
  /** The most elements that `nodes` found at once. */
  readonly nodes: number
  /** Processor time of the page's own thread, over all frames. */
  readonly work: number
}

/** Scrolls a box from its top, some pixels in each frame. */
export async function scrolled(page: Page, box: string, nodes: string): Promise<Scrolled> {
  const ticks = await threadTicks(page)
  const before = await ticks.read()
  const seen = await page.evaluate(
    async ({ box, nodes, count, pixels }) => {
      const element = document.querySelector(box)
      if (element === null) throw new Error(`there is no ${box}`)
      let longTasks = 0
      const observer = new PerformanceObserver((list) => (longTasks += list.getEntries().length))
      observer.observe({ type: 'longtask' })
      const frames: number[] = []
      let most = 0
      let last = await new Promise<number>(requestAnimationFrame)
      for (let n = 0; n < count; n += 1) {
        element.scrollTop += pixels
        const now = await new Promise<number>(requestAnimationFrame)
        frames.push(now - last)
        last = now
        if (n % 10 === 0) most = Math.max(most, document.querySelectorAll(nodes).length)
      }
      observer.disconnect()
      return { frames, longTasks, nodes: most }
    },
    { box, nodes, count: 240, pixels: 90 },
  )
  const work = (await ticks.read()) - before
  await ticks.close()
  return { ...seen, work }
}

/** Bytes that the page's JavaScript holds, after everything that nobody needs has been thrown away. */
export async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  for (let n = 0; n < 2; n += 1) await session.send('HeapProfiler.collectGarbage')
  const bytes = await metric(session, 'JSHeapUsedSize')
  await session.detach()
  return bytes
}

async function threadTicks(page: Page): Promise<{ read(): Promise<number>; close(): Promise<void> }> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  return {
    read: async () => (await metric(session, 'TaskDuration')) * 1_000,
    close: () => session.detach(),
  }
}

async function metric(session: CDPSession, name: string): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  const found = metrics.find((one) => one.name === name)
  if (found === undefined) throw new Error(`Chromium does not tell ${name}`)
  return found.value
}
