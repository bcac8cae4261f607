import { describe, expect, it } from 'vitest'
import type { StoredSignIn } from './store.ts'
import { kinds } from './testing/databases.ts'
import { storeBench } from './testing/store-bench.ts'

describe.each(kinds)('sign-ins on $name', (kind) => {
  const bench = storeBench(kind)

  it('are kept until they are ended, used longest ago first', async () => {
    const signIn = (id: string, usedAt: number): StoredSignIn => {
      return { id, cookieDigest: `c${id}`, secretDigest: `s${id}`, tokenDigest: 't', usedAt }
    }
    await bench.store.addSignIn(signIn('a', 1_000))
    await bench.store.addSignIn(signIn('b', 2_000))
    expect(await bench.store.signIns()).toEqual([signIn('a', 1_000), signIn('b', 2_000)])
    await bench.store.noteSignIn('a', 3_000)
    expect(await bench.store.signIns()).toEqual([signIn('b', 2_000), signIn('a', 3_000)])
    await bench.store.deleteSignIn('b')
    await bench.store.deleteSignIn('b')
    await bench.store.noteSignIn('b', 4_000)
    expect((await bench.store.signIns()).map(({ id }) => id)).toEqual(['a'])
    await bench.store.deleteSignIn('a')
  })
})
