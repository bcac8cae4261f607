import { join } from 'node:path'
import type { DeliveryOutcome } from '../../../model/orchestration-plane.ts'
import { readFileIfAny, writeFileAtomic } from '../../atomic-file.ts'
import { fileNameOf } from './session-record.ts'

/**
 * How far a text or an answer got. `mailbox`: put where the asker of `event` looks for it. `typing`: its keys may have
 * been typed; whoever finds this does not type them again into the same launch.
 */
export type TypedStage =
  | { readonly stage: 'mailbox'; readonly event: string }
  | { readonly stage: 'typing' }
  | { readonly stage: 'settled'; readonly outcome: DeliveryOutcome }

/**
 * What was typed into one launch of a session, by key; it survives the host's process, so nothing is typed twice. What
 * was under way when an earlier launch died reached nobody who still lives.
 */
export interface TypedEntry {
  /** How far it got in this launch. */
  read(): TypedStage | undefined
  /** How it came out, in this launch or another. */
  outcome(): DeliveryOutcome | undefined
  write(stage: TypedStage): void
  settle(outcome: DeliveryOutcome['outcome'], note: string): DeliveryOutcome
}

/** The entry of `key` for the launch with this fence. */
export function typedEntry(folder: string, key: string, fence: number): TypedEntry {
  const path = join(folder, `${fileNameOf(key)}.json`)
  const write = (stage: TypedStage) => writeFileAtomic(path, JSON.stringify({ ...stage, fence }))
  const stored = () => {
    const text = readFileIfAny(path)
    // Entries of an earlier version of ours name no launch: they are taken for this one's, and not typed again.
    return text === undefined ? undefined : (JSON.parse(text) as TypedStage & { readonly fence?: number })
  }
  return {
    read() {
      const entry = stored()
      return entry?.fence === undefined || entry.fence === fence ? entry : undefined
    },
    outcome() {
      const entry = stored()
      return entry?.stage === 'settled' ? entry.outcome : undefined
    },
    write,
    settle(outcome, note) {
      write({ stage: 'settled', outcome: { outcome, note } })
      return { outcome, note }
    },
  }
}
