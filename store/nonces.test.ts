import { describe, expect, it } from 'vitest'
import { answerLimit } from './nonces.ts'
import type { NonceBinding } from './store.ts'
import { kinds } from './testing/databases.ts'
import { codeOf, upTo } from './testing/samples.ts'
import { storeBench } from './testing/store-bench.ts'

const binding: NonceBinding = { subject: 'ada', method: 'POST', path: '/api/v1/sessions', digest: 'ab'.repeat(32) }

describe.each(kinds)('nonces on $name', (kind) => {
  const bench = storeBench(kind)

  it('are 26 letters that sort by time', async () => {
    const one = await bench.store.issueNonce(binding, 60_000)
    await new Promise((resolve) => setTimeout(resolve, 2))
    const other = await bench.store.issueNonce(binding, 60_000)
    expect(one.nonce).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/)
    expect(one.nonce < other.nonce).toBe(true)
    expect(Date.parse(one.expiresAt)).toBeGreaterThan(Date.now())
  })

  it('let one of many begin, and tell the rest the answer when it is there', async () => {
    const { nonce } = await bench.store.issueNonce(binding, 60_000)
    const begins = await Promise.all(upTo(8).map(() => bench.store.beginNonce(nonce, binding, 60_000)))
    expect(begins.map(({ outcome }) => outcome).sort()).toEqual(['begun', ...upTo(7).map(() => 'busy')])
    await bench.store.finishNonce(nonce, { status: 201, body: { z: 1, a: ['x', null] } })
    await bench.store.finishNonce(nonce, { status: 500, body: 'a second answer' })
    const again = await bench.store.beginNonce(nonce, binding, 60_000)
    expect(again).toEqual({ outcome: 'done', answer: { status: 201, body: { z: 1, a: ['x', null] } } })
  })

  it.each(['subject', 'method', 'path', 'digest'] as const)('refuse another %s', async (field) => {
    const { nonce } = await bench.store.issueNonce(binding, 60_000)
    expect(await bench.store.beginNonce(nonce, { ...binding, [field]: 'another' }, 60_000)).toEqual({
      outcome: 'mismatch',
    })
    expect(await bench.store.beginNonce(nonce, binding, 60_000)).toEqual({ outcome: 'begun' })
  })

  it('expire, and what never was is unknown too', async () => {
    const { nonce } = await bench.store.issueNonce(binding, 0)
    expect(await bench.store.beginNonce(nonce, binding, 60_000)).toEqual({ outcome: 'unknown' })
    expect(await bench.store.beginNonce('0'.repeat(26), binding, 60_000)).toEqual({ outcome: 'unknown' })
    expect(await codeOf(bench.store.beginNonce('\0', binding, 60_000))).toBe('bad_request')
  })

  it('begin again after the lease or an abandonment', async () => {
    const { nonce } = await bench.store.issueNonce(binding, 60_000)
    expect(await bench.store.beginNonce(nonce, binding, 0)).toEqual({ outcome: 'begun' })
    expect(await bench.store.beginNonce(nonce, binding, 60_000)).toEqual({ outcome: 'begun' })
    expect(await bench.store.beginNonce(nonce, binding, 60_000)).toEqual({ outcome: 'busy' })
    await bench.store.abandonNonce(nonce)
    expect(await bench.store.beginNonce(nonce, binding, 60_000)).toEqual({ outcome: 'begun' })
  })

  it.each([
    [{ id: 'gm-1', text: 'x'.repeat(answerLimit) }, 'gm-1'],
    ['x'.repeat(answerLimit), ''],
  ])('keep of an answer that is too long the status and whose it was (%#)', async (body, omitted) => {
    const { nonce } = await bench.store.issueNonce(binding, 60_000)
    await bench.store.beginNonce(nonce, binding, 60_000)
    await bench.store.finishNonce(nonce, { status: 200, body })
    const again = await bench.store.beginNonce(nonce, binding, 60_000)
    expect(again).toEqual({ outcome: 'done', answer: { status: 200, body: null, omitted } })
  })

  it('are swept when expired, but not while carried out nor with an answer', async () => {
    const [issued, done] = [await bench.store.issueNonce(binding, 0), await bench.store.issueNonce(binding, 60_000)]
    await bench.store.beginNonce(done.nonce, binding, 60_000)
    await bench.store.sweep({ keepEvents: 10_000 })
    await bench.store.finishNonce(done.nonce, { status: 204, body: null })
    await bench.store.sweep({ keepEvents: 10_000 })
    expect(await bench.store.beginNonce(issued.nonce, binding, 1)).toEqual({ outcome: 'unknown' })
    expect(await bench.store.beginNonce(done.nonce, binding, 1)).toMatchObject({ outcome: 'done' })
  })
})
