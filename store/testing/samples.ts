import { system } from '../../model/actor.ts'
import type { GembaError } from '../../model/error.ts'
import type { GembaEvent, NewEvent, Snapshot } from '../../model/event.ts'

export function event(source: string, sourceRevision: number, bead = 'b-1'): NewEvent {
  return { source, sourceRevision, at: '2026-01-02T03:04:05Z', actor: system, body: { kind: 'bead.deleted', bead } }
}

export function snapshot(id: string, revision: number, more: Partial<Snapshot> = {}): Snapshot {
  return {
    kind: 'session',
    id,
    project: 'p',
    schema: 1,
    revision,
    open: true,
    view: { id, revision },
    state: { revision },
    ...more,
  }
}

export function numbersOf(events: readonly GembaEvent[]): number[] {
  return events.map(({ number }) => number)
}

/** That many numbers in a row. */
export function upTo(count: number, from = 1): number[] {
  return Array.from({ length: count }, (_, index) => from + index)
}

/** The code of the error that the work ends with, `undefined` without one. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return (error as GembaError | undefined)?.code ?? String(error)
}
