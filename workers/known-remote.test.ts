import { expect, it } from 'vitest'
import type { RemoteState } from '../model/mode.ts'
import { steppedClock } from '../test/bd/stepped-clock.ts'
import { knownRemote } from './known-remote.ts'

const told = (display: string): RemoteState => ({
  configured: true,
  name: 'origin',
  display,
  reachable: 'yes',
  why: '',
})

/** A source whose answers are given by hand. */
function source() {
  const questions: PromiseWithResolvers<RemoteState | null>[] = []
  const remote = (): Promise<RemoteState | null> => {
    const question = Promise.withResolvers<RemoteState | null>()
    questions.push(question)
    return question.promise
  }
  return { questions, remote }
}

const patient = { lifeMs: 60_000, waitMs: 600_000 }

it('is asked once for all who look, until somebody looks again or it is old', async () => {
  const pass = steppedClock()
  const [known, one] = [knownRemote(patient), source()]
  const looks = [known.tell(one), known.tell(one)]
  one.questions[0]?.resolve(told('a'))
  expect(await Promise.all(looks)).toEqual([told('a'), told('a')])
  expect(await known.tell(one)).toEqual(told('a'))
  expect(one.questions).toHaveLength(1)
  known.forget()
  const again = known.tell(one)
  one.questions[1]?.resolve(told('b'))
  expect(await again).toEqual(told('b'))
  pass(61_000)
  const later = known.tell(one)
  one.questions[2]?.resolve(told('c'))
  expect(await later).toEqual(told('c'))
})

it('is of the source that is open', async () => {
  const [known, one, two] = [knownRemote(patient), source(), source()]
  const looks = [known.tell(one), known.tell(two)]
  two.questions[0]?.resolve(null)
  one.questions[0]?.resolve(told('a'))
  expect(await Promise.all(looks)).toEqual([told('a'), null])
  expect(await known.tell(two)).toBe(null)
  expect(two.questions).toHaveLength(1)
})

it('keeps nobody waiting, and is told as it was until an answer comes', async () => {
  const [known, one] = [knownRemote({ lifeMs: 60_000, waitMs: 10 }), source()]
  expect(await known.tell(one)).toMatchObject({ configured: false, reachable: 'unknown' })
  one.questions[0]?.resolve(told('a'))
  await expect.poll(() => known.tell(one)).toEqual(told('a'))
  known.forget()
  expect(await known.tell(one)).toEqual(told('a'))
  expect(one.questions).toHaveLength(2)
})

it('a failure is told, and not asked for again at each look', async () => {
  const [known, one] = [knownRemote(patient), source()]
  const look = known.tell(one)
  one.questions[0]?.reject(new Error('bd hangs'))
  expect(await look).toMatchObject({ configured: false, why: 'bd hangs' })
  expect(await known.tell(one)).toMatchObject({ why: 'bd hangs' })
  expect(one.questions).toHaveLength(1)
})
