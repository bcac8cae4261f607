import type { TerminalListener } from '../../../model/orchestration-plane.ts'

/** Bytes of one pane that are handed on within one window; a pane that says more is stopped and drawn anew. */
const windowBytes = 256 * 1024
const windowMs = 100
/** Pause of a pane that said too much; a viewer then sees at most a few screens a second. */
const restMs = 150

export interface TerminalFeedOptions {
  /** Lets tmux send a pane's output to us, or not. The pane's program runs on in both cases. */
  readonly flow: (pane: string, on: boolean) => Promise<void>
  /** The pane's screen now; `mark` is called at its place in the output. */
  readonly redraw: (pane: string, mark: () => void) => Promise<string>
}

/**
 * Brings the live bytes of panes to those who listen. tmux sends a pane's output only while somebody listens to it, so
 * unwatched panes cost nothing; a flood is cut and made good by drawing the screen again.
 */
export interface TerminalFeed {
  /** Which session a pane belongs to; the bytes of panes without one go nowhere. */
  bind(pane: string, session: string): void
  add(pane: string): void
  remove(pane: string): void
  output(pane: string, bytes: Buffer): void
  paused(pane: string): void
  /** A new connection, perhaps to a new server: only these panes are known now. What is listened to is drawn anew. */
  reconnected(panes: readonly { readonly pane: string; readonly session: string }[]): void
  /** Tells listeners where a snapshot was taken. */
  mark(pane: string): void
  watch(listener: TerminalListener, session: string | undefined): () => void
  close(): void
}

interface Feed {
  session: string | undefined
  flowing: boolean
  /** Bytes in the current window. */
  bytes: number
  since: number
  rest: NodeJS.Timeout | undefined
}

export function openTerminalFeed(options: TerminalFeedOptions): TerminalFeed {
  const feeds = new Map<string, Feed>()
  const listeners = new Set<{ listener: TerminalListener; session: string | undefined }>()

  const listenersOf = (session: string) =>
    [...listeners].filter((entry) => entry.session === undefined || entry.session === session)
  const isWanted = (feed: Feed) => feed.session !== undefined && listenersOf(feed.session).length > 0
  const tell = (feed: Feed, bytes: Uint8Array) => {
    if (feed.session === undefined) return
    for (const entry of listenersOf(feed.session)) entry.listener(feed.session, bytes)
  }
  const setFlow = (pane: string, feed: Feed, on: boolean) => {
    feed.flowing = on
    void options.flow(pane, on).catch(() => undefined)
  }
  const settle = (pane: string, feed: Feed) => {
    if (feed.rest !== undefined || feed.flowing === isWanted(feed)) return
    setFlow(pane, feed, !feed.flowing)
  }
  /** Tries again while tmux is away; a new connection draws anew by itself. */
  const redraw = (pane: string, feed: Feed) => {
    const mark = () => tell(feed, new Uint8Array())
    options.redraw(pane, mark).then(
      (screen) => tell(feed, Buffer.from(`\u0018\u001b[0m\u001b[?1049l\u001b[?25h\u001b[H\u001b[2J${screen}`)),
      () => undefined,
    )
  }
  const restThenRedraw = (pane: string, feed: Feed) => {
    if (feed.rest !== undefined) return
    feed.rest = setTimeout(() => {
      feed.rest = undefined
      if (feeds.get(pane) !== feed || !isWanted(feed)) return
      setFlow(pane, feed, true)
      redraw(pane, feed)
    }, restMs)
    feed.rest.unref()
  }
  const feedOf = (pane: string): Feed => {
    const known = feeds.get(pane)
    if (known !== undefined) return known
    const feed: Feed = { session: undefined, flowing: true, bytes: 0, since: 0, rest: undefined }
    feeds.set(pane, feed)
    return feed
  }

  return {
    bind(pane, session) {
      const feed = feedOf(pane)
      feed.session = session
      settle(pane, feed)
    },
    add: (pane) => settle(pane, feedOf(pane)),
    remove(pane) {
      clearTimeout(feeds.get(pane)?.rest)
      feeds.delete(pane)
    },
    output(pane, bytes) {
      const feed = feedOf(pane)
      if (!feed.flowing) return
      if (!isWanted(feed)) return settle(pane, feed)
      const now = performance.now()
      if (now - feed.since > windowMs) {
        feed.since = now
        feed.bytes = 0
      }
      feed.bytes += bytes.length
      if (feed.bytes <= windowBytes) return tell(feed, bytes)
      setFlow(pane, feed, false)
      restThenRedraw(pane, feed)
    },
    paused(pane) {
      const feed = feeds.get(pane)
      if (feed === undefined || !feed.flowing) return
      feed.flowing = false
      restThenRedraw(pane, feed)
    },
    reconnected(panes) {
      for (const feed of feeds.values()) clearTimeout(feed.rest)
      feeds.clear()
      for (const { pane, session } of panes) {
        const feed = feedOf(pane)
        feed.session = session
        if (isWanted(feed)) redraw(pane, feed)
        else settle(pane, feed)
      }
    },
    mark(pane) {
      const feed = feeds.get(pane)
      if (feed !== undefined) tell(feed, new Uint8Array())
    },
    watch(listener, session) {
      const entry = { listener, session }
      listeners.add(entry)
      for (const [pane, feed] of feeds) settle(pane, feed)
      return () => {
        listeners.delete(entry)
        for (const [pane, feed] of feeds) settle(pane, feed)
      }
    },
    close() {
      listeners.clear()
      for (const feed of feeds.values()) clearTimeout(feed.rest)
      feeds.clear()
    },
  }
}
