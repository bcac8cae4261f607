import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { makeBead } from '../../testing/sample.ts'
import { useBeads } from './beads.ts'

const bead = makeBead('b-1', 'one', { revision: 5 })

beforeEach(() => setActivePinia(createPinia()))

describe('the beads', () => {
  it('drop revisions older than the held one', () => {
    const beads = useBeads()
    beads.replace([bead], [])
    beads.apply([{ ...bead, title: 'older', revision: 4 }])
    expect(beads.get('b-1')?.title).toBe('one')
    beads.apply([{ ...bead, title: 'newer', revision: 6 }])
    expect(beads.get('b-1')?.title).toBe('newer')
  })

  it('forget revisions when all is read anew', () => {
    const beads = useBeads()
    beads.replace([bead], [])
    beads.replace([{ ...bead, title: 'counted anew', revision: 1 }], [])
    expect(beads.all.map((held) => held.title)).toEqual(['counted anew'])
  })

  it('show an edit at once and keep it when the server agrees', async () => {
    const beads = useBeads()
    beads.replace([bead], [])
    const sent = Promise.withResolvers<typeof bead>()
    const done = beads.edit('b-1', { status: 'deferred' }, () => sent.promise)
    expect(beads.get('b-1')?.state).toBe('backlog')
    expect(beads.held.get('b-1')?.state).toBe('unstarted')
    sent.resolve({ ...bead, status: 'deferred', state: 'backlog', revision: 6 })
    await done
    expect(beads.held.get('b-1')?.state).toBe('backlog')
  })

  it('take an edit back, and tell, when the server refuses', async () => {
    const beads = useBeads()
    beads.replace([bead], [])
    const done = beads.edit('b-1', { status: 'deferred' }, () => Promise.reject(new Error('read-only')))
    expect(beads.get('b-1')?.state).toBe('backlog')
    await expect(done).rejects.toThrow('read-only')
    expect(beads.get('b-1')?.state).toBe('unstarted')
  })
})
