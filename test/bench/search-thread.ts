import type { BrowserContext, Page } from '@playwright/test'

interface Told {
  gembaFinds?: number[]
}

/** Has every page of a profile note how long each question to the search index takes, there and back. */
export async function watchSearches(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const told = window as unknown as Told
    told.gembaFinds = []
    const asked = new Map<unknown, number>()
    const Native = Worker
    window.Worker = class extends Native {
      constructor(address: string | URL, options?: WorkerOptions) {
        super(address, options)
        this.addEventListener('message', ({ data }: MessageEvent<{ ask?: unknown }>) => {
          const since = asked.get(data.ask)
          if (since !== undefined) told.gembaFinds?.push(performance.now() - since)
        })
      }

      override postMessage(message: { kind?: string; ask?: unknown }): void {
        if (message.kind === 'find') asked.set(message.ask, performance.now())
        super.postMessage(message)
      }
    }
  })
}

/** What was noted since the last time, in milliseconds. */
export function searchesOf(page: Page): Promise<number[]> {
  return page.evaluate(() => (window as unknown as Told).gembaFinds?.splice(0) ?? [])
}
