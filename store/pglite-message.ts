/** What the store says to the thread that runs PGlite. Bytes are whole messages of the Postgres wire protocol. */
export type ToPglite =
  | { readonly kind: 'bytes'; readonly connection: number; readonly bytes: Uint8Array }
  /** The connection is gone: roll back what it left open. */
  | { readonly kind: 'end'; readonly connection: number }
  /** Write everything down and leave. */
  | { readonly kind: 'close' }

export type FromPglite =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly why: string }
  /** The whole answer to one `bytes`. */
  | { readonly kind: 'bytes'; readonly connection: number; readonly bytes: Uint8Array }

export interface PgliteWorkerData {
  readonly folder: string
}
