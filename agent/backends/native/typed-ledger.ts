import { join } from 'node:path'
import type { DeliveryOutcome } from '../../../model/orchestration-plane.ts'
import { readFileIfAny, writeFileAtomic } from '../../atomic-file.ts'
import { fileNameOf } from './session-record.ts'

/**
 * How far a text or an answer got. `mailbox`: put where the asker of `event` looks for it. `typing`: its keys may have
 * been typed; whoever finds this does not type them again.
 */
export type TypedStage =
  | { readonly stage: 'mailbox'; readonly event: string }
  | { readonly stage: 'typing' }
  | { readonly stage: 'settled'; readonly outcome: DeliveryOutcome }

/** What was typed into one session, by key; it survives the host's process, so nothing is typed twice. */
export interface TypedEntry {
  read(): TypedStage | undefined
  write(stage: TypedStage): void
  settle(outcome: DeliveryOutcome['outcome'], note: string): DeliveryOutcome
}

export function typedEntry(folder: string, key: string): TypedEntry {
  const path = join(folder, `${fileNameOf(key)}.json`)
  const write = (stage: TypedStage) => writeFileAtomic(path, JSON.stringify(stage))
  return {
    read() {
      const text = readFileIfAny(path)
      return text === undefined ? undefined : (JSON.parse(text) as TypedStage)
    },
    write,
    settle(outcome, note) {
      write({ stage: 'settled', outcome: { outcome, note } })
      return { outcome, note }
    },
  }
}
