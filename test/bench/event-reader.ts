import { request } from 'node:http'
import type { GembaEvent } from '../../model/event.ts'
import type { SessionView } from '../../model/session.ts'
import type { ApiClient } from '../system/api-client.ts'
import { clock } from './measure.ts'

/** One event as it arrived, not parsed yet. */
export interface Arrival {
  /** `<epoch>.<number>`. */
  readonly id: string
  readonly data: string
  readonly at: number
}

/** Follows the event stream on a connection of its own. Resolves once the stream has begun; returns how to end it. */
export function readEvents(api: ApiClient, hear: (arrival: Arrival) => void): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${api.token}`, accept: 'text/event-stream' }
    const asked = request(`${api.base}/api/v1/events`, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`events: HTTP ${response.statusCode}`))
      let text = ''
      response.setEncoding('utf8')
      response.on('error', () => undefined)
      response.on('data', (chunk: string) => {
        const at = clock()
        const parts = (text + chunk).split('\n\n')
        text = parts.pop() ?? ''
        for (const part of parts) {
          if (part.startsWith('retry:')) resolve(() => asked.destroy())
          const [id, , data] = part.split('\n')
          if (id?.startsWith('id: ') === true && data?.startsWith('data: ') === true)
            hear({ id: id.slice(4), data: data.slice(6), at })
        }
      })
    })
    asked.on('error', reject)
    asked.end()
  })
}

/** Waits for what sessions publish, as a client of the API hears it. */
export class SessionFollower {
  readonly #heard = new Map<string, { readonly view: SessionView; readonly at: number }[]>()
  #wake = new Set<() => void>()

  /** The caller ends it. */
  static async open(api: ApiClient): Promise<{ follower: SessionFollower; end: () => void }> {
    const follower = new SessionFollower()
    const end = await readEvents(api, ({ data, at }) => {
      const { body } = JSON.parse(data) as Partial<GembaEvent>
      if (body?.kind === 'session.changed') follower.#hear(body.session, at)
    })
    return { follower, end }
  }

  /** When the session first showed itself so, in milliseconds since 1970; waits at most 30 s. */
  async until(session: string, holds: (view: SessionView) => boolean): Promise<number> {
    for (const end = performance.now() + 30_000; ;) {
      const found = this.#heard.get(session)?.find(({ view }) => holds(view))
      if (found !== undefined) return found.at
      const left = end - performance.now()
      const last = this.#heard.get(session)?.at(-1)?.view
      if (left <= 0) throw new Error(`session ${session} stayed ${last?.status ?? 'unheard of'} (${last?.note ?? ''})`)
      await this.#next(left)
    }
  }

  #hear(view: SessionView, at: number): void {
    this.#heard.set(view.id, [...(this.#heard.get(view.id) ?? []), { view, at }])
    for (const wake of this.#wake) wake()
  }

  #next(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#wake.delete(done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      this.#wake.add(done)
    })
  }
}
