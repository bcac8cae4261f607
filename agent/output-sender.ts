import type { HostMessage } from '../model/host-stream.ts'

/** Bytes of one message, before base64. */
const longestChunk = 48 * 1024
const coalesceMs = 16
/** Unsent bytes of the connection above which output is dropped and marked as lost. */
const mostWaiting = 1024 * 1024

/** Sends terminal bytes in few messages, and drops them rather than let them pile up. */
export interface OutputSender {
  /** Bytes of a session's terminal; an empty chunk sends what is there, because a snapshot was taken here. */
  push(session: string, bytes: Uint8Array): void
  /** A snapshot makes good what was lost before. */
  restart(session: string): void
  forget(session: string): void
  close(): void
}

interface Pending {
  chunks: Uint8Array[]
  length: number
  lost: boolean
  timer: NodeJS.Timeout | undefined
}

export function openOutputSender(options: {
  readonly send: (message: HostMessage) => void
  /** Unsent bytes of the connection. */
  readonly waiting: () => number
}): OutputSender {
  const sessions = new Map<string, Pending>()
  const pendingOf = (session: string): Pending => {
    const known = sessions.get(session)
    if (known !== undefined) return known
    const pending: Pending = { chunks: [], length: 0, lost: false, timer: undefined }
    sessions.set(session, pending)
    return pending
  }
  const flush = (session: string, pending: Pending) => {
    clearTimeout(pending.timer)
    pending.timer = undefined
    const bytes = Buffer.concat(pending.chunks)
    pending.chunks = []
    pending.length = 0
    if (bytes.length === 0) return
    if (options.waiting() > mostWaiting) {
      pending.lost = true
      return
    }
    for (let begin = 0; begin < bytes.length; begin += longestChunk) {
      const data = bytes.subarray(begin, begin + longestChunk).toString('base64')
      options.send({ type: 'output', session, data, lost: pending.lost })
      pending.lost = false
    }
  }
  return {
    push(session, bytes) {
      const pending = pendingOf(session)
      if (bytes.length === 0) return flush(session, pending)
      pending.chunks.push(bytes)
      pending.length += bytes.length
      if (pending.length >= longestChunk) return flush(session, pending)
      pending.timer ??= setTimeout(() => flush(session, pending), coalesceMs)
    },
    restart: (session) => {
      const pending = sessions.get(session)
      if (pending !== undefined) pending.lost = false
    },
    forget(session) {
      clearTimeout(sessions.get(session)?.timer)
      sessions.delete(session)
    },
    close() {
      for (const pending of sessions.values()) clearTimeout(pending.timer)
      sessions.clear()
    },
  }
}
