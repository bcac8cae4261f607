import { randomUUID } from 'node:crypto'
import type { Actor } from '../model/actor.ts'
import { GembaError } from '../model/error.ts'
import {
  largestImport,
  type ImportOptions,
  type ImportRow,
  type ImportState,
  type ImportText,
  type Verdict,
} from '../model/exchange.ts'
import {
  countVerdicts,
  importLines,
  unwrittenLine,
  type ImportLine,
  type VerdictCounts,
} from '../model/import-lines.ts'
import type { ApiDeps } from './api-deps.ts'
import { refreshed } from './bead-edits.ts'
import { problemOf, type Problem } from './problem.ts'

const keptMinutes = 15
const mostKept = 3
/** Texts that come in at the same time, each in memory. One that does not come on is dropped by the server's time limit. */
const mostComingIn = 2

/** What is told of an import. */
export interface ImportStatus {
  readonly id: string
  readonly state: ImportState
  readonly done: number
  readonly total: number
  readonly counts: VerdictCounts | null
  readonly problem: Problem | null
  readonly expiresAt: string
}

interface Held {
  readonly id: string
  /** Who made it; others do not see it. */
  readonly subject: string
  /** The Beads source that it was judged against. */
  readonly source: string
  readonly texts: readonly ImportText[]
  state: ImportState
  done: number
  total: number
  lines: readonly ImportLine[]
  bases: readonly string[]
  problem: Problem | null
  until: number
}

/**
 * Imports in two steps: a text is judged, and then exactly that judgement is carried out. One is at work at a time; the
 * last few are kept for a while, in memory alone: whoever comes after a restart of the server begins anew.
 */
export class BeadImports {
  readonly #deps: ApiDeps
  readonly #held = new Map<string, Held>()
  readonly #stopped = new AbortController()
  #work: Promise<void> = Promise.resolve()
  #comingIn = 0

  constructor(deps: ApiDeps) {
    this.#deps = deps
  }

  /**
   * Takes a text in and begins to judge it. While it comes in it keeps nobody from judging or carrying out another.
   * `import_busy`, also when another was begun meanwhile; `too_large`.
   */
  async takeIn(subject: string, body: AsyncIterable<Uint8Array>): Promise<ImportStatus> {
    this.#refuseWhenBusy()
    if (this.#comingIn >= mostComingIn) throw new GembaError('import_busy')
    this.#comingIn += 1
    try {
      return this.#judge(subject, await wholeOf(body))
    } finally {
      this.#comingIn -= 1
    }
  }

  #refuseWhenBusy(): void {
    if ([...this.#held.values()].some(({ state }) => state === 'judging' || state === 'importing')) {
      throw new GembaError('import_busy')
    }
  }

  #judge(subject: string, bytes: Uint8Array): ImportStatus {
    this.#refuseWhenBusy()
    this.#forget()
    const held: Held = {
      ...{ id: randomUUID(), subject, source: this.#deps.mode.sourceId(), texts: [textOf(bytes)] },
      ...{ state: 'judging', done: 0, total: 0 },
      ...{ lines: [], bases: [], problem: null, until: Date.now() + keptMinutes * 60_000 },
    }
    this.#held.set(held.id, held)
    this.#begin(held, 'planned', async () => {
      const plan = await this.#deps.exchange.plan(held.texts, this.#following(held))
      Object.assign(held, { lines: linesOf(plan.rows), bases: plan.bases })
    })
    return statusOf(held)
  }

  /**
   * Begins to carry out what was judged; again changes nothing. `import_gone`, `import_busy`, and `source_changed` when
   * it was judged against another source.
   */
  carryOut(subject: string, id: string, actor: Actor): ImportStatus {
    const held = this.#find(subject, id)
    if (held.state !== 'planned') return statusOf(held)
    if (held.source !== this.#deps.mode.sourceId()) throw new GembaError('source_changed', {})
    this.#refuseWhenBusy()
    Object.assign(held, { state: 'importing', done: 0, until: Date.now() + keptMinutes * 60_000 })
    this.#begin(held, 'done', async () => {
      const rows: ImportRow[] = []
      const settled = (some: readonly ImportRow[]): void => void rows.push(...some)
      try {
        const options = { actor, bases: held.bases, settled, ...this.#following(held) }
        await this.#deps.exchange.import(held.texts, options)
      } finally {
        // What became of each line, also when it broke off; it then may not have begun to write.
        held.lines = rows.length > 0 ? linesOf(rows) : held.lines.map(unwrittenLine)
        await refreshed(this.#deps)
      }
    })
    return statusOf(held)
  }

  status(subject: string, id: string): ImportStatus {
    return statusOf(this.#find(subject, id))
  }

  /** What becomes, or became, of the lines with this verdict and these words. */
  lines(subject: string, id: string, { verdict, q = '' }: { verdict?: Verdict; q?: string }): readonly ImportLine[] {
    const words = q.toLowerCase().split(/\s+/).filter(Boolean)
    return this.#find(subject, id).lines.filter(
      (line) => (verdict === undefined || line.verdict === verdict) && words.every((word) => says(line, word)),
    )
  }

  /** Stops what is at work behind its present step. */
  async close(): Promise<void> {
    this.#stopped.abort()
    await this.#work
  }

  #begin(held: Held, end: ImportState, work: () => Promise<void>): void {
    this.#work = work().then(
      () => void (held.state = end),
      (error: unknown) => {
        held.problem = problemOf(error, held.id)
        held.state = 'failed'
        if (held.problem.status >= 500) this.#deps.logger.error({ err: error, import: held.id }, 'an import failed')
      },
    )
  }

  #following(held: Held): Pick<ImportOptions, 'progress' | 'signal'> {
    return { signal: this.#stopped.signal, progress: (done, total) => void Object.assign(held, { done, total }) }
  }

  #find(subject: string, id: string): Held {
    const held = this.#held.get(id)
    if (held === undefined || held.subject !== subject || isOver(held)) {
      throw new GembaError('import_gone', { minutes: String(keptMinutes) })
    }
    return held
  }

  #forget(): void {
    const idle = [...this.#held.values()].filter((held) => held.state !== 'importing')
    const old = idle.filter(isOver)
    const many = idle.filter((held) => !isOver(held)).slice(0, Math.max(0, this.#held.size - old.length - mostKept + 1))
    for (const { id } of [...old, ...many]) this.#held.delete(id)
  }
}

function isOver({ state, until }: Held): boolean {
  return state !== 'importing' && state !== 'judging' && until <= Date.now()
}

function textOf(bytes: Uint8Array): ImportText {
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes
  }
  return { file: '', kind: 'issues', chunks }
}

async function wholeOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > largestImport) throw new GembaError('too_large', { limit: '32 MiB' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function linesOf(rows: readonly ImportRow[]): ImportLine[] {
  return importLines(rows).sort((a, b) => a.line - b.line)
}

function says({ bead, why, changes, reason }: ImportLine, word: string): boolean {
  return [bead, reason, ...why, ...changes].some((text) => text.toLowerCase().includes(word))
}

function statusOf({ id, state, done, total, lines, problem, until }: Held): ImportStatus {
  const counts = state === 'judging' ? null : countVerdicts(lines)
  return { id, state, done, total, counts, problem, expiresAt: new Date(until).toISOString() }
}
