import { describe, expect, it } from 'vitest'
import { by, type WorkPlaneBench } from './work-plane-bench.ts'

/** Who holds a bead. */
export function claims(bench: WorkPlaneBench): void {
  describe('claim', () => {
    it('has one winner of twelve', async () => {
      const bead = await bench.make()
      const holders = Array.from({ length: 12 }, (_, i) => `gemba/s-${i}`)
      const results = await Promise.all(
        holders.map((holder, i) => (i % 2 === 0 ? bench.plane : bench.second).claim(bead.id, holder, by)),
      )
      const winners = holders.filter((_, i) => results[i]?.claimed === true)
      expect(winners).toHaveLength(1)
      const now = await bench.plane.get(bead.id)
      expect(now).toMatchObject({ assignee: winners[0], status: 'in_progress', startedAt: now.updatedAt })
      for (const result of results) {
        if (!result.claimed) expect(result).toEqual({ claimed: false, holder: winners[0], status: 'in_progress' })
      }
      expect((await bench.eventsOf(bead.id)).map((event) => event.type)).toEqual(['claimed', 'created'])
    })

    it('is ours again when it is ours', async () => {
      const bead = await bench.make()
      const write = { ...by, key: bench.key() }
      expect(await bench.plane.claim(bead.id, 'gemba/s', write)).toMatchObject({ claimed: true })
      expect(await bench.plane.claim(bead.id, 'gemba/s', write)).toMatchObject({ claimed: true })
      expect(await bench.second.claim(bead.id, 'gemba/s', by)).toMatchObject({ claimed: true })
      expect(await bench.plane.claim(bead.id, 'gemba/t', by)).toMatchObject({ claimed: false, holder: 'gemba/s' })
      expect((await bench.eventsOf(bead.id)).map((event) => event.type)).toEqual(['claimed', 'created'])
      const waiting = await bench.make({ assignee: 'gemba/u' })
      expect(await bench.plane.claim(waiting.id, 'gemba/u', by)).toMatchObject({ claimed: true })
    })

    it('respects others and what is not open', async () => {
      const theirs = await bench.make({ assignee: 'zed' })
      const refusal = { claimed: false, holder: 'zed', status: 'open' }
      expect(await bench.plane.claim(theirs.id, 'gemba/s', by)).toEqual(refusal)
      for (const status of ['closed', 'deferred', 'in_progress', 'blocked']) {
        const bead = await bench.make({ status })
        expect(await bench.plane.claim(bead.id, 'gemba/s', by)).toEqual({ claimed: false, holder: null, status })
      }
      const empty = await bench.make()
      await bench.outsider.rows("UPDATE issues SET assignee = '' WHERE id = ?", [empty.id])
      expect(await bench.plane.claim(empty.id, 'gemba/s', by)).toMatchObject({ claimed: true })
    })

    it('gives back what is ours and nothing else', async () => {
      const bead = await bench.make()
      const first = await bench.plane.claim(bead.id, 'gemba/s', by)
      expect(await bench.plane.release(bead.id, 'gemba/t', by)).toBe(false)
      const write = { ...by, key: bench.key() }
      expect(await bench.plane.release(bead.id, 'gemba/s', write)).toBe(true)
      expect(await bench.plane.release(bead.id, 'gemba/s', write)).toBe(true)
      expect(await bench.plane.release(bead.id, 'gemba/s', by)).toBe(false)
      const back = await bench.plane.get(bead.id)
      expect(back).toMatchObject({ status: 'open', assignee: null, ready: true })
      expect(back.startedAt).toBe(first.claimed ? first.bead.startedAt : undefined)
      const done = await bench.make()
      await bench.plane.claim(done.id, 'gemba/s', by)
      await bench.plane.close(done.id, { reason: '' }, by)
      expect(await bench.plane.release(done.id, 'gemba/s', by)).toBe(false)
    })

    it('says which beads sessions hold', async () => {
      const [held, free] = [await bench.make(), await bench.make({ assignee: 'zed' })]
      await bench.plane.claim(held.id, 'gemba/s-77', by)
      const all = await bench.plane.held()
      expect(all).toContainEqual({ bead: held.id, session: 's-77', status: 'in_progress' })
      expect(all.map((each) => each.bead)).not.toContain(free.id)
    })
  })
}
