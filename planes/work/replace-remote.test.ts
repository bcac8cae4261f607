import { expect, it } from 'vitest'
import { GembaError } from '../../model/error.ts'
import type { DoltRemote } from './remote-address.ts'
import { replaceRemote } from './replace-remote.ts'

const former = { name: 'origin', url: 'https://h/former' }
const wanted = { name: 'origin', url: 'https://h/wanted' }

/** Remotes in memory; of the calls of `add`, those numbered in `failing` fail. */
function bench(present: readonly DoltRemote[], failing: readonly number[] = []) {
  const remotes = new Map(present.map(({ name, url }) => [name, url]))
  let adds = 0
  const acts = {
    add: async ({ name, url }: DoltRemote) => {
      adds += 1
      if (failing.includes(adds)) throw new GembaError('bd_failed', { why: 'the moon is full' })
      if (remotes.has(name)) throw new GembaError('bd_failed', { why: `${name} is there` })
      remotes.set(name, url)
    },
    remove: async (name: string) => {
      if (!remotes.delete(name)) throw new GembaError('bd_failed', { why: `there is no ${name}` })
    },
  }
  return { remotes, replace: () => replaceRemote(wanted, present, acts) }
}

it.each([
  ['none', []],
  ['another address', [former]],
  ['the same address', [wanted]],
  ['a trial that was broken off', [former, { ...wanted, name: 'gemba-trial' }]],
])('gives the remote its address where there was %s, and leaves no trial behind', async (_, present) => {
  const { remotes, replace } = bench(present)
  await replace()
  expect([...remotes]).toEqual([['origin', wanted.url]])
})

it('leaves the former as it is when the new one is refused', async () => {
  const { remotes, replace } = bench([former], [1])
  await expect(replace()).rejects.toMatchObject({ code: 'remote_invalid', params: { why: 'the moon is full' } })
  expect([...remotes]).toEqual([['origin', former.url]])
})

it('puts the former back when the new one fails in the end', async () => {
  const { remotes, replace } = bench([former], [2])
  await expect(replace()).rejects.toMatchObject({ code: 'bd_failed' })
  expect([...remotes]).toEqual([['origin', former.url]])
})

it('tells which one is lost when it can not be put back', async () => {
  const { replace } = bench([{ ...former, url: 'https://ghp_secret@h/former' }], [2, 3])
  const lost = await replace().catch(String)
  expect(lost).toContain('origin, https://…@h/former, is gone')
})
