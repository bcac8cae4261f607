import { describe, expect, it } from 'vitest'
import { afterAllThat, BadInputBench } from './bad-input-bench.ts'

/** Requests that can not be granted, to the API of a real `gemba serve`: coded, told, nothing half-done. */
const bench = BadInputBench.forThisFile()

describe('a bead that is not there', () => {
  it('is refused by its name, whatever is asked of it', async () => {
    const { api } = bench
    const here = await bench.create('Here', '')
    const none = { code: 'bead_not_found', status: 404, message: expect.stringContaining('tp-nope') }
    await expect(api.bead('tp-nope')).rejects.toMatchObject(none)
    await expect(api.change('PATCH', '/beads/tp-nope', { title: 'x' })).rejects.toMatchObject(none)
    await expect(api.change('POST', '/dispatch', { items: [{ bead: 'tp-nope' }] })).rejects.toMatchObject(none)
    await expect(api.change('POST', '/beads/tp-nope/comments', { text: 'x' })).rejects.toMatchObject(none)
    await expect(api.change('POST', '/beads/tp-nope/close', { reason: 'x' })).rejects.toMatchObject(none)
    await expect(api.change('DELETE', '/beads/tp-nope')).rejects.toMatchObject(none)
    await expect(api.change('PUT', `/beads/${here}/dependencies/tp-nope`, { kind: 'blocks' })).rejects.toMatchObject(
      none,
    )
    expect((await api.bead(here)).dependencies).toEqual([])
  })
})

describe('a confirmation', () => {
  it('is needed, must be known, and holds for its own request', async () => {
    const bead = await bench.create('Confirm', '')
    const path = `/beads/${bead}/comments`
    const body = { text: 'hello' }
    expect((await bench.send('POST', path, body)).body.code).toBe('nonce_required')
    expect((await bench.send('POST', path, body, { 'x-gemba-confirm': 'stale' })).body.code).toBe('nonce_unknown')
    const nonce = await bench.nonceFor('POST', path, body)
    const other = await bench.send('POST', path, { text: 'other' }, { 'x-gemba-confirm': nonce })
    expect(other).toMatchObject({ status: 403, body: { code: 'nonce_mismatch' } })
    expect((await bench.api.bead(bead)).comments).toEqual([])
  })

  it('that is used again gets the same answer, and one effect', async () => {
    const bead = await bench.create('Again', '')
    const path = `/beads/${bead}/comments`
    const body = { text: 'once' }
    const nonce = await bench.nonceFor('POST', path, body)
    const first = await bench.send('POST', path, body, { 'x-gemba-confirm': nonce })
    const second = await bench.send('POST', path, body, { 'x-gemba-confirm': nonce })
    expect([first.status, second.status]).toEqual([201, 201])
    expect(JSON.parse(second.text)).toEqual(JSON.parse(first.text))
    expect((await bench.api.bead(bead)).comments.map((comment) => comment.text)).toEqual(['once'])
  })

  it('that comes many times at once takes effect once', async () => {
    const bead = await bench.create('At once', '')
    const path = `/beads/${bead}/comments`
    const body = { text: 'together' }
    const nonce = await bench.nonceFor('POST', path, body)
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => bench.send('POST', path, body, { 'x-gemba-confirm': nonce })),
    )
    for (const answer of answers) expect([201, 409], answer.text).toContain(answer.status)
    for (const answer of answers) if (answer.status === 409) expect(answer.body.code).toBe('nonce_busy')
    expect(answers.some((answer) => answer.status === 201)).toBe(true)
    expect((await bench.api.bead(bead)).comments.map((comment) => comment.text)).toEqual(['together'])
  })
})

describe('an edit', () => {
  it('of a bead that changed meanwhile is refused, and the other edit stays', async () => {
    const bead = await bench.create('Before', '')
    const { etag } = await bench.api.bead(bead)
    await bench.outside("UPDATE issues SET title = 'Outside' WHERE id = ?", bead)
    const mine = bench.api.change('PATCH', `/beads/${bead}`, { title: 'Mine' }, { 'if-match': `"${etag}"` })
    await expect(mine).rejects.toMatchObject({ status: 412, code: 'bead_changed' })
    expect((await bench.api.bead(bead)).title).toBe('Outside')
  })

  it('that is too long or holds what can not be stored is refused whole', async () => {
    const before = (await bench.api.beads()).length
    const refused = async (bead: object, status: number, code: string) => {
      const nonce = await bench.nonceFor('POST', '/beads', bead)
      const answer = await bench.send('POST', '/beads', bead, { 'x-gemba-confirm': nonce === '' ? 'none' : nonce })
      expect([answer.status, answer.body.code], answer.text.slice(0, 500)).toEqual([status, code])
      expect(answer.body.mend).not.toBe('')
      expect(answer.text.length).toBeLessThan(2_000)
    }
    const huge = 'x'.repeat(5_000_000)
    await refused({ title: huge }, 413, 'too_large')
    await refused({ title: 'Long text', description: huge }, 413, 'too_large')
    await refused({ title: 'Long text', description: '😀'.repeat(20_000) }, 422, 'bead_invalid')
    await refused({ title: 'x'.repeat(501) }, 400, 'bad_request')
    await refused({ title: '😀'.repeat(200) }, 422, 'bead_invalid')
    await refused({ title: 'NUL \0 in it' }, 422, 'bead_invalid')
    await refused({ title: 'Half \ud83d' }, 422, 'bead_invalid')
    await refused({ title: 'Labels', labels: ['a\0b'] }, 422, 'bead_invalid')
    await refused({ title: '   ' }, 422, 'bead_invalid')
    expect((await bench.api.beads()).length).toBe(before)
  })
})

afterAllThat(bench)
