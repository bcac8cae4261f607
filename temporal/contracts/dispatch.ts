import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { Actor } from '../../model/actor.ts'
import type { DispatchConfig, KnownHost, Seat } from '../../model/dispatch.ts'
import type { Timing } from '../../model/timing.ts'
import type { Publishing } from './publishing.ts'

/** `dispatch/<project>`: the one serial decision about what starts. */
export function dispatchWorkflowId(project: string): string {
  return `dispatch/${project}`
}

export interface DispatchItem {
  readonly bead: string
  /** Agent type; the project's default when absent. */
  readonly agent?: string
  /** Host; any online one with a free seat when absent. */
  readonly host?: string
  /** Start although blockers are open. */
  readonly force?: boolean
}

export type DispatchResult =
  | { readonly bead: string; readonly admitted: true; readonly session: string }
  | {
      readonly bead: string
      readonly admitted: false
      readonly code: string
      readonly params: Readonly<Record<string, string>>
    }

export interface DispatchUpdate {
  readonly items: readonly DispatchItem[]
  readonly key: string
  readonly actor: Actor
}

/** A session tells how it left its seat. */
export interface SeatLeft {
  readonly session: string
  readonly bead: string
  /** `start_failed` is tried again after a while, `died` is parked, the others are over. */
  readonly outcome: 'ended' | 'refused' | 'start_failed' | 'died'
  readonly why: string
}

/** A seat with what was asked for, so that a failed start can be asked for again. */
export interface TakenSeat extends Seat {
  readonly item: DispatchItem
}

export interface ParkedBead {
  readonly bead: string
  readonly why: string
  readonly since: string
}

/** A failed start that waits to be tried again. */
export interface Restart {
  readonly item: DispatchItem
  readonly actor: Actor
  readonly tries: number
  /** ms since the epoch; null while a try is running. */
  readonly due: number | null
  readonly why: string
}

export interface DispatchState {
  readonly schema: 1
  readonly project: string
  config: DispatchConfig
  timing: Timing
  hosts: readonly KnownHost[]
  seats: readonly TakenSeat[]
  parked: readonly ParkedBead[]
  restarts: Readonly<Record<string, Restart>>
  /** Answers of the last commands, newest last. */
  applied: readonly { readonly key: string; readonly results: readonly DispatchResult[] }[]
  publishing: Publishing
}

export const dispatchBeads = defineUpdate<readonly DispatchResult[], [DispatchUpdate]>('dispatch')
export const unparkBead = defineUpdate<void, [{ bead: string; key: string; actor: Actor }]>('unpark')
export const configureDispatch = defineSignal<[{ config: DispatchConfig; timing: Timing }]>('configure')
export const seatLeft = defineSignal<[SeatLeft]>('seat')
/** A session that goes on from its record takes its seat again. */
export const seatTaken = defineSignal<[TakenSeat]>('taken')
export const hostState = defineSignal<[KnownHost]>('hostState')
export const takenSeats = defineQuery<readonly Seat[]>('seats')
