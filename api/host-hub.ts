import { Compile } from 'typebox/compile'
import { GembaError } from '../model/error.ts'
import type { HostMessage } from '../model/host-stream.ts'
import type { Announcement } from '../model/host.ts'
import type { TerminalSnapshot } from '../model/orchestration-plane.ts'
import { terminalSnapshot } from '../model/schema/host-stream.ts'
import { HostLink } from './host-link.ts'
import type { Call, HostConnection } from './host-link.ts'

/** The close code of a connection whose host has connected again. */
export const replaced = 4409

export interface WatchListener {
  /** `lost` tells that bytes before these were dropped. */
  output(bytes: Uint8Array, lost: boolean): void
  /** The host is back: what it wrote meanwhile was not seen. */
  attached(): void
  detached(): void
}

/** What the carrier of a connection tells the hub. */
export interface HostReceiver {
  receive(message: HostMessage): void
  closed(): void
}

const isSnapshot = Compile(terminalSnapshot)

/**
 * The live streams of all hosts: announcements, terminal bytes and questions about a screen. It never changes workflow
 * state. One connection a host, the newest; who watches a terminal keeps watching over reconnects.
 */
export class HostHub {
  readonly #callMs: number
  readonly #silentMs: number
  readonly #links = new Map<string, HostLink>()
  readonly #silence = new Map<string, NodeJS.Timeout>()
  readonly #announced = new Map<string, { announcement: Announcement; at: number }>()
  /** By host, then session. */
  readonly #watchers = new Map<string, Map<string, Set<WatchListener>>>()
  readonly #onAnnounce = new Set<(announcement: Announcement) => void>()
  readonly #onSilent = new Set<(host: string) => void>()
  /** End the waiting for announcements. */
  readonly #asking = new Set<() => void>()

  /** Milliseconds that a call may take, and after which a host without an announcement is silent. */
  constructor(options: { callMs?: number; silentMs?: number } = {}) {
    this.#callMs = options.callMs ?? 5_000
    this.#silentMs = options.silentMs ?? 30_000
  }

  attach(host: string, connection: HostConnection): HostReceiver {
    const link = new HostLink(host, connection, this.#callMs)
    const older = this.#links.get(host)
    this.#links.set(host, link)
    older?.connection.close(replaced, 'the host has connected again')
    older?.gone()
    this.#expect(link)
    connection.send({ type: 'announce' })
    for (const [session, listeners] of this.#watchers.get(host) ?? []) {
      connection.send({ type: 'watch', session, on: true })
      for (const listener of listeners) listener.attached()
    }
    return { receive: (message) => this.#receive(link, message), closed: () => this.#leave(link) }
  }

  /** The last `lines` lines of the screen. `host_offline`, or what the host answers. */
  async peek(host: string, session: string, lines: number): Promise<string> {
    const text = await this.#call(host, { type: 'call', method: 'peek', session, lines })
    if (typeof text !== 'string') throw unexpected(host)
    return text
  }

  async terminal(host: string, session: string): Promise<TerminalSnapshot> {
    const snapshot = await this.#call(host, { type: 'call', method: 'terminal', session })
    if (!isSnapshot.Check(snapshot)) throw unexpected(host)
    return snapshot
  }

  async keys(host: string, session: string, bytes: Uint8Array): Promise<void> {
    const data = Buffer.from(bytes).toString('base64')
    await this.#call(host, { type: 'call', method: 'keys', session, data })
  }

  async resize(host: string, session: string, columns: number, rows: number): Promise<void> {
    await this.#call(host, { type: 'call', method: 'resize', session, columns, rows })
  }

  /** Terminal bytes from now on, over reconnects; the first watcher turns them on at the host, the last turns them off. */
  watch(host: string, session: string, listener: WatchListener): () => void {
    const sessions = this.#watchers.get(host) ?? new Map<string, Set<WatchListener>>()
    const listeners = sessions.get(session) ?? new Set<WatchListener>()
    this.#watchers.set(host, sessions.set(session, listeners))
    listeners.add(listener)
    if (listeners.size === 1) this.#links.get(host)?.connection.send({ type: 'watch', session, on: true })
    return () => this.#unwatch(host, session, listener)
  }

  onAnnounce(listener: (announcement: Announcement) => void): () => void {
    this.#onAnnounce.add(listener)
    return () => this.#onAnnounce.delete(listener)
  }

  /** Called once when a host's connection ends or it stops announcing itself. */
  onSilent(listener: (host: string) => void): () => void {
    this.#onSilent.add(listener)
    return () => this.#onSilent.delete(listener)
  }

  /** The latest of each host, also of those that have gone. */
  announcements(): readonly Announcement[] {
    return [...this.#announced.values()].map(({ announcement }) => announcement)
  }

  /** What the hosts that are there say of themselves now; those that do not answer within `ms` are left out. */
  async askAll(ms: number): Promise<readonly Announcement[]> {
    const asked = new Set(this.#links.keys())
    const answers: Announcement[] = []
    if (asked.size === 0) return answers
    const all = Promise.withResolvers<void>()
    const release = this.onAnnounce((announcement) => {
      if (asked.delete(announcement.host)) answers.push(announcement)
      if (asked.size === 0) all.resolve()
    })
    const timer = setTimeout(all.resolve, ms)
    this.#asking.add(all.resolve)
    for (const link of this.#links.values()) link.connection.send({ type: 'announce' })
    await all.promise
    this.#asking.delete(all.resolve)
    clearTimeout(timer)
    release()
    return answers
  }

  /** When the host announced itself last. */
  lastHeard(host: string): Date | undefined {
    const at = this.#announced.get(host)?.at
    return at === undefined ? undefined : new Date(at)
  }

  isAttached(host: string): boolean {
    return this.#links.has(host)
  }

  close(): void {
    for (const timer of this.#silence.values()) clearTimeout(timer)
    this.#silence.clear()
    for (const link of this.#links.values()) {
      link.gone()
      link.connection.close(1001, 'the server stops')
    }
    this.#links.clear()
    for (const end of this.#asking) end()
  }

  #call(host: string, call: Call): Promise<unknown> {
    const link = this.#links.get(host)
    return link === undefined ? Promise.reject(new GembaError('host_offline', { host })) : link.call(call)
  }

  #receive(link: HostLink, message: HostMessage): void {
    if (this.#links.get(link.host) !== link) return
    if (message.type === 'reply') return link.reply(message)
    if (message.type === 'output') return this.#output(link.host, message)
    if (message.announcement.host !== link.host) return link.connection.close(4400, 'announced another host')
    this.#announced.set(link.host, { announcement: message.announcement, at: Date.now() })
    this.#expect(link)
    for (const listener of this.#onAnnounce) listener(message.announcement)
  }

  #output(host: string, message: Extract<HostMessage, { type: 'output' }>): void {
    const listeners = this.#watchers.get(host)?.get(message.session)
    if (listeners === undefined) return
    const bytes = Buffer.from(message.data, 'base64')
    for (const listener of listeners) listener.output(bytes, message.lost)
  }

  /** The next announcement is due. */
  #expect(link: HostLink): void {
    clearTimeout(this.#silence.get(link.host))
    const timer = setTimeout(() => {
      link.connection.close(4408, 'no announcement')
      this.#leave(link)
    }, this.#silentMs)
    this.#silence.set(link.host, timer.unref())
  }

  #leave(link: HostLink): void {
    link.gone()
    if (this.#links.get(link.host) !== link) return
    this.#links.delete(link.host)
    clearTimeout(this.#silence.get(link.host))
    this.#silence.delete(link.host)
    for (const listeners of this.#watchers.get(link.host)?.values() ?? []) {
      for (const listener of listeners) listener.detached()
    }
    for (const listener of this.#onSilent) listener(link.host)
  }

  #unwatch(host: string, session: string, listener: WatchListener): void {
    const sessions = this.#watchers.get(host)
    const listeners = sessions?.get(session)
    if (!listeners?.delete(listener) || listeners.size > 0) return
    sessions?.delete(session)
    if (sessions?.size === 0) this.#watchers.delete(host)
    this.#links.get(host)?.connection.send({ type: 'watch', session, on: false })
  }
}

function unexpected(host: string): GembaError {
  return new GembaError('internal', { why: `host ${host} gave an answer that was not understood` })
}
