import { defineSignal } from '@temporalio/workflow'
import type { HostView } from '../../model/host.ts'
import type { Timing } from '../../model/timing.ts'
import type { Publishing } from './publishing.ts'

/** `host/<id>`: online, degraded or offline. Only edges are signals. */
export function hostWorkflowId(host: string): string {
  return `host/${host}`
}

export interface HostState {
  readonly schema: 1
  readonly project: string
  readonly timing: Timing
  view: HostView
  /** ms since the epoch when the host fell silent; null while it is heard. */
  silentSince: number | null
  publishing: Publishing
}

export const hostAnnounced =
  defineSignal<[{ kinds: readonly string[]; slots: number; version: string; at: string }]>('announced')
export const hostSilent = defineSignal<[{ since: number }]>('silent')
