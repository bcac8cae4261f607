import { ok, type Answer } from './answers.ts'

interface Line {
  readonly file: string
  readonly line: number
  readonly bead: string
  readonly verdict: 'created' | 'skipped' | 'refused'
  readonly reason: string
  readonly why: readonly string[]
  readonly changes: readonly string[]
}

const away = {
  ...{ type: 'about:blank', title: 'Service Unavailable', status: 503, code: 'work_plane_unavailable' },
  ...{ detail: 'The Beads database does not answer: it went away.', mend: 'Start it.', params: {}, instance: '' },
}

/** Imports over plain objects: what is no bead is refused, what is there is skipped. Each step takes one look. */
export class ImportDouble {
  readonly #isThere: (bead: string) => boolean
  #lines: readonly Line[] = []
  #state = 'planned'
  #count = 0
  /** The line before which the next import breaks off. */
  #breaksAt: number | null = null

  constructor(isThere: (bead: string) => boolean) {
    this.#isThere = isThere
  }

  judge(text: string): Answer {
    this.#count += 1
    this.#lines = text.split('\n').flatMap((each, index) => (each === '' ? [] : [this.#lineOf(each, index + 1)]))
    this.#state = 'judging'
    return { status: 202, body: this.#status() }
  }

  breakAt(line: number): void {
    this.#breaksAt = line
  }

  carryOut(): Answer {
    this.#state = 'importing'
    return { status: 202, body: this.#status() }
  }

  read(id: string, part: string | undefined, query: URLSearchParams): Answer | null {
    if (id !== this.#id()) return null
    if (part === 'lines') return ok(this.#page(query))
    if (this.#state === 'importing' && this.#breaksAt !== null) this.#breakOff(this.#breaksAt)
    this.#state = { judging: 'planned', importing: 'done' }[this.#state] ?? this.#state
    return ok(this.#status())
  }

  #breakOff(at: number): void {
    const why = ['the import broke off before it was written']
    this.#lines = this.#lines.map((each) =>
      each.line < at ? each : { ...each, verdict: 'refused', reason: 'broken_off', why },
    )
    this.#state = 'failed'
    this.#breaksAt = null
  }

  #page(query: URLSearchParams): unknown {
    const [verdict, q = ''] = [query.get('verdict'), query.get('q') ?? '']
    const all = this.#lines.filter(
      (line) => (verdict === null || line.verdict === verdict) && `${line.bead} ${line.why.join(' ')}`.includes(q),
    )
    const [after, limit] = [Number(query.get('after') ?? 0), Number(query.get('limit'))]
    const end = after + limit
    return { items: all.slice(after, end), total: all.length, next: end < all.length ? end : null }
  }

  #id(): string {
    return `import-${this.#count}`
  }

  #status(): unknown {
    const count = (verdict: Line['verdict']): number => this.#lines.filter((line) => line.verdict === verdict).length
    const counts = { created: count('created'), updated: 0, skipped: count('skipped'), refused: count('refused') }
    const total = this.#lines.length
    const done = this.#state === 'importing' ? 0 : total
    const expiresAt = new Date(Date.now() + 900_000).toISOString()
    const problem = this.#state === 'failed' ? away : null
    return { id: this.#id(), state: this.#state, done, total, counts, problem, expiresAt }
  }

  #lineOf(text: string, line: number): Line {
    const bead = /"id":"([^"]*)"/.exec(text)?.[1]
    const at = { file: '', line, changes: [] }
    if (bead === undefined) {
      return { ...at, bead: '', verdict: 'refused', reason: 'malformed', why: ['it is not a JSON object'] }
    }
    if (!this.#isThere(bead)) return { ...at, bead, verdict: 'created', reason: 'new', why: [] }
    const why = ['the database has a later version, of 2026-11-20T12:00:00Z']
    return { ...at, bead, changes: ['title'], verdict: 'skipped', reason: 'older', why }
  }
}
