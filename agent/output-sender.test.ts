import { describe, expect, it } from 'vitest'
import type { HostMessage } from '../model/host-stream.ts'
import { openOutputSender } from './output-sender.ts'

function open() {
  const sent: HostMessage[] = []
  const state = { waiting: 0 }
  const sender = openOutputSender({ send: (message) => sent.push(message), waiting: () => state.waiting })
  return { sent, state, sender }
}

describe('the output sender', () => {
  it('puts small chunks together and splits large ones', () => {
    const { sent, sender } = open()
    sender.push('s', Buffer.from('a'))
    sender.push('s', Buffer.from('b'))
    expect(sent).toEqual([])
    sender.push('s', new Uint8Array())
    expect(sent).toEqual([{ type: 'output', session: 's', data: Buffer.from('ab').toString('base64'), lost: false }])
    sender.push('s', Buffer.alloc(200_000))
    expect(sent.length).toBeGreaterThan(3)
    for (const message of sent) expect(JSON.stringify(message).length).toBeLessThan(66_000)
    sender.close()
  })

  it('drops when the connection is full, and says so once', () => {
    const { sent, state, sender } = open()
    state.waiting = 10_000_000
    sender.push('s', Buffer.alloc(100_000))
    expect(sent).toEqual([])
    state.waiting = 0
    for (const text of ['x', 'y']) {
      sender.push('s', Buffer.from(text))
      sender.push('s', new Uint8Array())
    }
    expect(sent.map((message) => message.type === 'output' && message.lost)).toEqual([true, false])
    sender.close()
  })
})
