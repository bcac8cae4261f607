import { expect, it } from 'vitest'
import { besideBd, by, type Said } from '../bd/beside-bd.ts'

besideBd('writing at once', ({ open }) => {
  it('loses nothing and gives no id twice', async () => {
    const { plane, bd } = await open('at_once', 'Gemba')
    const parent = (await plane.create({ title: 'parent', type: 'epic' }, by)).id
    const shared = (await plane.create({ title: 'shared' }, by)).id
    const byGemba = async (count: number): Promise<string[]> => {
      const ids: string[] = []
      for (let n = 0; n < count; n += 1) {
        ids.push((await plane.create({ title: `gemba ${n}`, labels: [`g${n}`] }, by)).id)
        ids.push((await plane.create({ title: `gemba child ${n}`, parent }, by)).id)
        await plane.comment(shared, `gemba ${n}`, by)
      }
      return ids
    }
    const byBd = async (count: number): Promise<string[]> => {
      const ids: string[] = []
      for (let n = 0; n < count; n += 1) {
        ids.push((await bd.json<Said>(['create', `bd ${n}`, '--labels', `b${n}`])).id)
        await bd.run(['comment', shared, `bd ${n}`])
      }
      return ids
    }
    const ids = (await Promise.all([byGemba(20), byBd(8)])).flat()
    expect(new Set(ids).size).toBe(48)
    const list = new Map((await plane.list()).map((bead) => [bead.id, bead]))
    const labels = ids.map((id) => list.get(id)?.labels.length)
    expect([labels.filter((n) => n === 1).length, labels.filter((n) => n === 0).length]).toEqual([28, 20])
    const said = (await plane.get(shared)).comments.map((comment) => comment.text)
    expect([said.length, new Set(said).size]).toEqual([28, 28])
  }, 180_000)

  it('lets one claim win', async () => {
    const { plane, bd } = await open('claims', 'Gemba')
    for (let n = 0; n < 4; n += 1) {
      const { id } = await plane.create({ title: 'wanted' }, by)
      const theirs = bd.exec(['update', id, '--claim'])
      const ours = Promise.all(['x', 'y', 'z'].map((holder) => plane.claim(id, `gemba/${holder}`, by)))
      const won = [(await theirs).code === 0, ...(await ours).map((result) => result.claimed)].filter(Boolean)
      expect(won).toHaveLength(1)
      expect((await plane.get(id)).status).toBe('in_progress')
    }
  })

  it('keeps what both change of one bead, each its own field', async () => {
    const { plane, bd } = await open('fields', 'Gemba')
    const { id } = await plane.create({ title: 'both' }, by)
    const theirs = async (): Promise<number> => {
      let done = 0
      for (let n = 1; n <= 6; n += 1) if ((await bd.exec(['update', id, '-d', `bd ${n}`])).code === 0) done = n
      return done
    }
    const ours = async (): Promise<void> => {
      for (let n = 1; n <= 30; n += 1) await plane.update(id, { notes: `gemba ${n}` }, by)
    }
    const [done] = await Promise.all([theirs(), ours()])
    expect(done).toBeGreaterThan(0)
    expect(await plane.get(id)).toMatchObject({ description: `bd ${done}`, notes: 'gemba 30' })
  })
})
