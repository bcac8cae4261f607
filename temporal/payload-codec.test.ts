import { defaultPayloadConverter } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import { createPayloadCodec } from './payload-codec.ts'

const payload = defaultPayloadConverter.toPayload({ token: 'canary' })

describe('the payload codec', () => {
  it('opens what it sealed, and shows nothing of it', async () => {
    const codec = createPayloadCodec('secret')
    const [sealed] = await codec.encode([payload])
    expect(Buffer.from(sealed?.data ?? []).toString('latin1')).not.toContain('canary')
    const [opened] = await codec.decode([sealed ?? payload])
    expect(defaultPayloadConverter.fromPayload(opened ?? payload)).toEqual({ token: 'canary' })
  })

  it('refuses what was not sealed, sealed with another key, or changed', async () => {
    const codec = createPayloadCodec('secret')
    await expect(codec.decode([payload])).rejects.toThrow('did not seal')
    const [other] = await createPayloadCodec('another').encode([payload])
    await expect(codec.decode([other ?? payload])).rejects.toThrow()
    const [sealed] = await codec.encode([payload])
    const data = Buffer.from(sealed?.data ?? [])
    data[data.length - 1] = (data.at(-1) ?? 0) ^ 1
    await expect(codec.decode([{ ...sealed, data }])).rejects.toThrow()
  })
})
