import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ServerMessage } from '../model/host-stream.ts'
import { HostHub, replaced } from './host-hub.ts'
import type { HostReceiver, WatchListener } from './host-hub.ts'
import type { HostConnection } from './host-link.ts'

class MemoryConnection implements HostConnection {
  readonly sent: ServerMessage[] = []
  code: number | undefined

  send(message: ServerMessage): void {
    this.sent.push(message)
  }

  close(code: number): void {
    this.code = code
  }

  /** `on s1`, `off s1`, in order. */
  get watches(): string[] {
    return this.sent.flatMap((one) => (one.type === 'watch' ? [`${one.on ? 'on' : 'off'} ${one.session}`] : []))
  }

  get lastCall(): number {
    return this.sent.findLast((one) => one.type === 'call')?.id ?? 0
  }
}

class MemoryWatcher implements WatchListener {
  readonly seen: string[] = []

  output(bytes: Uint8Array, lost: boolean): void {
    this.seen.push(`${Buffer.from(bytes).toString()}${lost ? ' lost' : ''}`)
  }

  attached(): void {
    this.seen.push('attached')
  }

  detached(): void {
    this.seen.push('detached')
  }
}

let hub: HostHub
let connection: MemoryConnection
let receiver: HostReceiver
const silent: string[] = []

beforeEach(() => {
  silent.length = 0
  hub = new HostHub({ callMs: 10_000, silentMs: 10_000 })
  hub.onSilent((host) => silent.push(host))
  connection = new MemoryConnection()
  receiver = hub.attach('local', connection)
})
afterEach(() => hub.close())

const announcement = (host = 'local') => ({ host, instance: 'i', version: '1', kinds: [], slots: 1, panes: [] })
const output = (session: string, text: string, lost = false) =>
  receiver.receive({ type: 'output', session, data: Buffer.from(text).toString('base64'), lost })

describe('the host hub', () => {
  it('asks a host that connects to announce itself, and tells who listens', () => {
    const heard: string[] = []
    const release = hub.onAnnounce(({ host }) => heard.push(host))
    expect(connection.sent).toEqual([{ type: 'announce' }])
    receiver.receive({ type: 'announce', announcement: announcement() })
    release()
    receiver.receive({ type: 'announce', announcement: { ...announcement(), slots: 4 } })
    expect(heard).toEqual(['local'])
    expect(hub.announcements()).toMatchObject([{ host: 'local', slots: 4 }])
    expect(hub.lastHeard('local')).toBeInstanceOf(Date)
  })

  it('ends a host that announces another', () => {
    receiver.receive({ type: 'announce', announcement: announcement('other') })
    expect(connection.code).toBe(4400)
    expect(hub.announcements()).toEqual([])
  })

  it('turns a terminal on with its first watcher and off with its last', () => {
    const [a, b] = [new MemoryWatcher(), new MemoryWatcher()]
    const releaseA = hub.watch('local', 's1', a)
    const releaseB = hub.watch('local', 's1', b)
    expect(connection.watches).toEqual(['on s1'])
    output('s1', 'one')
    output('s2', 'not mine')
    releaseA()
    releaseA()
    expect(connection.watches).toEqual(['on s1'])
    output('s1', 'two', true)
    releaseB()
    output('s1', 'three')
    expect(connection.watches).toEqual(['on s1', 'off s1'])
    expect([a.seen, b.seen]).toEqual([['one'], ['one', 'two lost']])
  })

  it('watches again when the host comes back', () => {
    const watcher = new MemoryWatcher()
    hub.watch('local', 's1', watcher)
    receiver.closed()
    receiver.closed()
    const next = new MemoryConnection()
    receiver = hub.attach('local', next)
    output('s1', 'again')
    expect(next.watches).toEqual(['on s1'])
    expect(watcher.seen).toEqual(['detached', 'attached', 'again'])
    expect(silent).toEqual(['local'])
  })

  it('keeps the newest connection of a host and does not call it silent', async () => {
    const waits = hub.peek('local', 's1', 10)
    const next = new MemoryConnection()
    const newer = hub.attach('local', next)
    await expect(waits).rejects.toMatchObject({ code: 'host_offline' })
    expect(connection.code).toBe(replaced)
    receiver.receive({ type: 'announce', announcement: announcement() })
    receiver.closed()
    expect([silent, hub.announcements()]).toEqual([[], []])
    newer.closed()
    expect(silent).toEqual(['local'])
  })

  it('asks all hosts for their panes and takes only answers to that', async () => {
    receiver.receive({ type: 'announce', announcement: announcement() })
    const silentHost = new MemoryConnection()
    hub.attach('away', silentHost)
    const asked = hub.askAll(50)
    expect(silentHost.sent.at(-1)).toEqual({ type: 'announce' })
    receiver.receive({ type: 'announce', announcement: { ...announcement(), slots: 7 } })
    expect(await asked).toEqual([{ ...announcement(), slots: 7 }])
    expect(await new HostHub().askAll(50)).toEqual([])
  })

  it('asks no longer when it closes', async () => {
    const asked = hub.askAll(600_000)
    hub.close()
    expect(await asked).toEqual([])
  })

  it('asks and is answered, well or not', async () => {
    const peek = hub.peek('local', 's1', 10)
    receiver.receive({ type: 'reply', id: connection.lastCall, ok: true, value: 'screen' })
    expect(await peek).toBe('screen')

    const keys = hub.keys('local', 's1', Buffer.from('é'))
    expect(connection.sent.at(-1)).toMatchObject({ method: 'keys', data: 'w6k=' })
    const refusal = { type: 'reply', ok: false, code: 'pane_gone', params: { session: 's1' } } as const
    receiver.receive({ ...refusal, id: connection.lastCall })
    await expect(keys).rejects.toMatchObject({ code: 'pane_gone', message: 'The pane of session s1 is gone.' })

    const terminal = hub.terminal('local', 's1')
    receiver.receive({ type: 'reply', id: connection.lastCall, ok: true, value: { columns: 'many' } })
    await expect(terminal).rejects.toMatchObject({ code: 'internal' })
  })

  it('does not wait for ever', async () => {
    const hasty = new HostHub({ callMs: 1, silentMs: 10_000 })
    hasty.attach('local', new MemoryConnection())
    await expect(hasty.peek('local', 's1', 1)).rejects.toMatchObject({ code: 'host_offline' })
    await expect(hasty.peek('other', 's1', 1)).rejects.toMatchObject({ code: 'host_offline' })
    hasty.close()
  })

  it('calls a host silent once when it no longer announces itself', async () => {
    const hasty = new HostHub({ silentMs: 1 })
    const mute = new MemoryConnection()
    const heard: string[] = []
    await new Promise<void>((resolve) => {
      hasty.onSilent((host) => {
        heard.push(host)
        resolve()
      })
      hasty.attach('local', mute)
    })
    expect([heard, mute.code, hasty.isAttached('local')]).toEqual([['local'], 4408, false])
    hasty.close()
  })
})
