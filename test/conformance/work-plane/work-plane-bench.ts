import { expect } from 'vitest'
import type { Actor } from '../../../model/actor.ts'
import type { BeadDetail, NewBead } from '../../../model/bead.ts'
import { GembaError, type ErrorCode } from '../../../model/error.ts'
import type { WorkPlane } from '../../../model/work-plane.ts'

/** Another program on the same database, which speaks SQL and knows nothing of the plane. */
export interface Outsider {
  rows<T>(sql: string, values?: readonly unknown[]): Promise<T[]>
}

/** Where sources may differ. */
export interface Traits {
  /** Checks and writes are one also against other programs. */
  readonly compareAndSet: boolean
  /** Milliseconds that the times of new rows may be ahead, because they are rounded. */
  readonly aheadMs: number
  readonly clearsEstimates: boolean
  /** Beads with texts up to the limit can be changed later. */
  readonly changesLongTexts: boolean
  /** Dolt's commits are in the person's name and hold all of a change. */
  readonly commitsAsPerson: boolean
  /** What other programs have not committed stays so. */
  readonly leavesOthersUncommitted: boolean
  /** It is known at once to the second when an edge was added. */
  readonly datesEdges: boolean
  /** It is known when a label was given or taken. */
  readonly datesLabels: boolean
}

const strict: Traits = {
  compareAndSet: true,
  aheadMs: 0,
  clearsEstimates: true,
  changesLongTexts: true,
  commitsAsPerson: true,
  leavesOthersUncommitted: true,
  datesEdges: true,
  datesLabels: true,
}

export interface OpenedWorkPlane {
  /** A plane on an empty Beads database that may be written. */
  readonly plane: WorkPlane
  /** The same database through another process, as far as the plane can tell. */
  readonly second: WorkPlane
  readonly outsider: Outsider
  /** What this source does otherwise than the strictest. */
  readonly traits?: Partial<Traits>
}

/** Opens what an adaptor's suite runs on, and registers the release of whatever it has acquired at once. */
export type OpenWorkPlane = (onRelease: (release: () => Promise<unknown>) => void) => Promise<OpenedWorkPlane>

/** A row of the database's event log about a bead. */
interface EventRow {
  readonly type: string
  readonly actor: string
  readonly old: string | null
  readonly new: string | null
  readonly comment: string | null
}

const ada: Actor = { name: 'Ada', via: 'console' }
/** Who writes, unless a test says otherwise. */
export const by = { actor: ada }
export const unknown = 'no-such-bead'

/** What all parts of the suite work on: one database, opened before the first test. */
export class WorkPlaneBench {
  readonly #releases: (() => Promise<unknown>)[] = []
  #opened: OpenedWorkPlane | undefined
  #count = 0

  async open(open: OpenWorkPlane): Promise<void> {
    this.#opened = await open((release) => this.#releases.push(release))
  }

  /** The latest first. */
  async release(): Promise<void> {
    for (const release of this.#releases.reverse()) await release()
  }

  get plane(): WorkPlane {
    return this.#get('plane')
  }

  get second(): WorkPlane {
    return this.#get('second')
  }

  get outsider(): Outsider {
    return this.#get('outsider')
  }

  get traits(): Traits {
    return { ...strict, ...this.#get('traits') }
  }

  make(more: Partial<NewBead> = {}): Promise<BeadDetail> {
    this.#count += 1
    return this.plane.create({ title: `bead ${this.#count}`, ...more }, by)
  }

  /** An idempotency key that was not used before. */
  key(): string {
    return `key-${(this.#count += 1)}`
  }

  async eventsOf(id: string): Promise<EventRow[]> {
    const rows = await this.outsider.rows<Partial<EventRow> & Pick<EventRow, 'type' | 'actor'>>(
      `SELECT event_type AS type, actor, old_value AS old, new_value AS new, comment FROM events WHERE issue_id = ?
       ORDER BY event_type, created_at, comment`,
      [id],
    )
    return rows.map((row) => ({ ...row, old: row.old ?? null, new: row.new ?? null, comment: row.comment ?? null }))
  }

  /** Tables with changes that nobody has committed. */
  async dirty(): Promise<string[]> {
    const rows = await this.outsider.rows<{ name: string }>('SELECT table_name AS name FROM dolt_status')
    return rows.map((row) => row.name)
  }

  #get<Part extends keyof OpenedWorkPlane>(part: Part): OpenedWorkPlane[Part] {
    if (this.#opened === undefined) throw new Error('the work plane has not been opened yet')
    return this.#opened[part]
  }
}

/** The action fails with that code, and says these words. */
export async function refuse(action: Promise<unknown>, code: ErrorCode, words: readonly string[] = []): Promise<void> {
  const error = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof GembaError)) throw new Error(`expected ${code}, got ${String(error)}`)
  expect([error.code, error.message]).toEqual([code, expect.any(String)])
  for (const word of words) expect(error.message).toContain(word)
}
