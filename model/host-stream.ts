import type { Announcement } from './host.ts'

/** Messages of the host's authenticated stream (WebSocket, one JSON object a message, at most 256 KiB). It never changes workflow state. */
export type HostMessage =
  | { readonly type: 'announce'; readonly announcement: Announcement }
  /** Bytes of a watched session's terminal, base64. `lost` tells that bytes before these were dropped. */
  | { readonly type: 'output'; readonly session: string; readonly data: string; readonly lost: boolean }
  | { readonly type: 'reply'; readonly id: number; readonly ok: true; readonly value: unknown }
  | {
      readonly type: 'reply'
      readonly id: number
      readonly ok: false
      readonly code: string
      readonly params: Readonly<Record<string, string>>
    }

export type ServerMessage =
  /** Send this session's terminal bytes, or stop. */
  | { readonly type: 'watch'; readonly session: string; readonly on: boolean }
  | {
      readonly type: 'call'
      readonly id: number
      readonly method: 'peek'
      readonly session: string
      readonly lines: number
    }
  | { readonly type: 'call'; readonly id: number; readonly method: 'terminal'; readonly session: string }
  /** `data` is base64, as in `output`. */
  | {
      readonly type: 'call'
      readonly id: number
      readonly method: 'keys'
      readonly session: string
      readonly data: string
    }
  | {
      readonly type: 'call'
      readonly id: number
      readonly method: 'resize'
      readonly session: string
      readonly columns: number
      readonly rows: number
    }
  /** Announce now. */
  | { readonly type: 'announce' }
