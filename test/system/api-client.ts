import { readFileSync } from 'node:fs'
import type { BeadDetail, BeadSummary, NewBead } from '../../model/bead.ts'
import type { EscalationView } from '../../model/escalation.ts'
import type { GembaEvent } from '../../model/event.ts'
import type { HostView } from '../../model/host.ts'
import type { SessionView } from '../../model/session.ts'

/** A problem answer of the API. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, body: { code?: string; detail?: string; title?: string }) {
    super(`${status} ${body.code ?? ''} ${body.detail ?? body.title ?? ''}`)
    this.status = status
    this.code = body.code ?? ''
  }
}

/** The API as a program uses it: bearer token, nonce before each change. */
export class ApiClient {
  readonly base: string
  readonly #tokenFile: string

  constructor(base: string, tokenFile: string) {
    this.base = base
    this.#tokenFile = tokenFile
  }

  get token(): string {
    return readFileSync(this.#tokenFile, 'utf8').trim()
  }

  async get<T>(path: string): Promise<T> {
    return this.#send<T>('GET', path)
  }

  /** A change: asks for a nonce, then confirms with it. */
  async change<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const { nonce } = await this.#send<{ nonce: string }>('POST', '/nonces', {
      method,
      path: `/api/v1${path}`,
      body: body ?? null,
      ...(headers['if-match'] === undefined ? {} : { ifMatch: headers['if-match'] }),
    })
    return this.#send<T>(method, path, body, { 'x-gemba-confirm': nonce, ...headers })
  }

  create(bead: NewBead): Promise<BeadDetail> {
    return this.change('POST', '/beads', bead)
  }

  bead(id: string): Promise<BeadDetail> {
    return this.get(`/beads/${encodeURIComponent(id)}`)
  }

  async beads(): Promise<BeadSummary[]> {
    return (await this.get<{ items: BeadSummary[] }>('/beads?limit=1000')).items
  }

  async sessions(): Promise<SessionView[]> {
    return (await this.get<{ items: SessionView[] }>('/sessions')).items
  }

  async escalations(): Promise<EscalationView[]> {
    return (await this.get<{ items: EscalationView[] }>('/escalations')).items
  }

  async hosts(): Promise<HostView[]> {
    return (await this.get<{ items: HostView[] }>('/hosts')).items
  }

  async start(bead: string, more: object = {}): Promise<string> {
    const { results } = await this.change<{ results: { session?: string }[] }>('POST', '/dispatch', {
      items: [{ bead, ...more }],
    })
    const session = results[0]?.session
    if (session === undefined) throw new Error(`not admitted: ${JSON.stringify(results)}`)
    return session
  }

  answer(escalation: string, value: string, text?: string): Promise<EscalationView> {
    return this.change('POST', `/escalations/${encodeURIComponent(escalation)}/answer`, {
      value,
      ...(text === undefined ? {} : { text }),
    })
  }

  /** Every event there is, read from the stream's replay. */
  async events(): Promise<GembaEvent[]> {
    const abort = new AbortController()
    const { epoch, cursor } = await this.#last()
    const response = await fetch(`${this.base}/api/v1/events?after=${epoch}.0`, {
      headers: this.#headers(),
      signal: abort.signal,
    })
    const events: GembaEvent[] = []
    let text = ''
    try {
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        text += chunk
        const parts = text.split('\n\n')
        text = parts.pop() ?? ''
        for (const part of parts) {
          const data = part.split('\n').find((line) => line.startsWith('data: '))
          const event = data === undefined ? undefined : (JSON.parse(data.slice(6)) as Partial<GembaEvent>)
          if (event?.number !== undefined) events.push(event as GembaEvent)
        }
        if ((events.at(-1)?.number ?? 0) >= cursor) break
      }
    } finally {
      abort.abort()
    }
    return events
  }

  async #last(): Promise<{ epoch: string; cursor: number }> {
    const { event } = await this.get<{ event: string }>('/beads?limit=1')
    const [epoch = '', number] = event.split('.')
    return { epoch, cursor: Number(number) }
  }

  #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}` }
  }

  async #send<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const response = await fetch(`${this.base}/api/v1${path}`, {
      method,
      headers: {
        ...this.#headers(),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    })
    const text = await response.text()
    const answer: unknown = text === '' ? undefined : JSON.parse(text)
    if (!response.ok) throw new ApiProblem(response.status, answer as { code?: string })
    return answer as T
  }
}

/** Waits until `holds` gives something; a failing look counts as not yet. */
export async function eventually<T>(
  what: string,
  holds: () => Promise<T | undefined | false>,
  ms = 60_000,
): Promise<T> {
  let last: unknown
  for (const end = Date.now() + ms; Date.now() < end;) {
    try {
      const found = await holds()
      if (found !== undefined && found !== false) return found
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${what}: it did not come about in ${ms} ms`, { cause: last })
}
