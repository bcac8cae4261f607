import { EventEmitter } from 'node:events'
import type { FastifyBaseLogger } from 'fastify'
import type { WebSocket } from 'ws'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { GembaError } from '../model/error.ts'
import type { HostHub } from './host-hub.ts'
import { TerminalViewer, type ViewerNotice, type ViewerSocket } from './terminal-viewer.ts'
import { socketOfViewer } from './viewer-socket.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A host whose terminal answers when the test lets it. */
class Host {
  readonly typed: string[] = []
  readonly #answers: (() => void)[] = []
  /** Looks at the screen that fail before one is shown. */
  failing = 0
  looks = 0

  answer(): void {
    for (const answer of this.#answers.splice(0)) answer()
  }

  watch = () => () => undefined
  resize = () => Promise.resolve()
  terminal = () => {
    this.looks += 1
    if (this.looks <= this.failing) return Promise.reject(new GembaError('terminal_unavailable', { why: 'busy' }))
    return Promise.resolve({ columns: 80, rows: 24, screen: 'x' })
  }
  keys = (_host: string, _session: string, bytes: Uint8Array) =>
    new Promise<void>((resolve) => {
      this.typed.push(Buffer.from(bytes).toString())
      this.#answers.push(resolve)
    })
}

class Browser extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  readonly bufferedAmount = 0
  closedWith = 0
  send = () => undefined
  terminate = () => undefined
  close(code: number): void {
    this.closedWith ||= code
    this.readyState = 2
  }
  say(message: object): void {
    this.emit('message', Buffer.from(JSON.stringify(message)), false)
  }
}

function viewerOf(host: Host, socket: ViewerSocket): TerminalViewer {
  return new TerminalViewer({ hub: host as unknown as HostHub, host: 'h', session: 's', socket, onControl: () => {} })
}

async function connected(host: Host): Promise<{ browser: Browser; close: (code: number, reason: string) => void }> {
  const browser = new Browser()
  const log = { error: () => undefined } as unknown as FastifyBaseLogger
  const connection = socketOfViewer(browser as unknown as WebSocket, log)
  connection.drive(() => Promise.resolve(viewerOf(host, connection)))
  browser.say({ type: 'control', on: true })
  await vi.advanceTimersByTimeAsync(10)
  return { browser, close: connection.close }
}

it('types nothing any more for a viewer whose connection has ended, whatever was waiting', async () => {
  const host = new Host()
  const { browser, close } = await connected(host)
  for (const data of ['rm -rf x', '\r', 'more']) browser.say({ type: 'keys', data })
  await vi.advanceTimersByTimeAsync(10)
  expect(host.typed).toEqual(['rm -rf x'])
  close(4401, 'signed out')
  browser.emit('close')
  for (let turn = 0; turn < 5; turn += 1) {
    host.answer()
    await vi.advanceTimersByTimeAsync(10)
  }
  expect(host.typed).toEqual(['rm -rf x'])
})

it('ends a connection that says more than can be carried out', async () => {
  const host = new Host()
  const { browser } = await connected(host)
  for (let count = 0; count < 200; count += 1) browser.say({ type: 'keys', data: 'x' })
  expect(browser.closedWith).toBe(0)
  for (let count = 0; count < 200; count += 1) browser.say({ type: 'keys', data: 'x' })
  expect(browser.closedWith).toBe(4429)
})

it('shows an idle terminal although the first looks failed, and says why only once', async () => {
  const host = new Host()
  host.failing = 4
  const notices: ViewerNotice['type'][] = []
  const socket = { notice: ({ type }: ViewerNotice) => void notices.push(type), bytes: () => {}, close: () => {} }
  const viewer = viewerOf(host, socket)
  await viewer.open()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(notices).toEqual(['error', 'snapshot'])
  expect(host.looks).toBe(5)
})

it('looks no more once it is closed', async () => {
  const host = new Host()
  host.failing = 1_000
  const viewer = viewerOf(host, { notice: () => {}, bytes: () => {}, close: () => {} })
  await viewer.open()
  viewer.close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(host.looks).toBe(1)
})
