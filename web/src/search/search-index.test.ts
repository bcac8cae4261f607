import { expect, it } from 'vitest'
import { SearchIndex } from './search-index.ts'
import { SearchPlaces } from './search-places.ts'

it('an index forgets what is taken away, and finds what a text became', () => {
  const index = new SearchIndex()
  const places = new SearchPlaces()
  const put = (id: string, text: string | null): void => index.put([[places.of(id), text]])
  const found = (...words: string[]): string[] => [...places.read(index.find(words))]
  put('a', 'one two')
  put('b', 'two three')
  expect(found('two')).toEqual(['a', 'b'])
  put('a', null)
  put('b', 'four')
  expect([found('two'), found('four')]).toEqual([[], ['b']])
  const before = places.read(index.find(['four']))
  const ids = ['a', 'b', 'never seen']
  expect(
    before.of(
      ids,
      Int32Array.from(ids, (id) => places.of(id)),
    ),
  ).toEqual(['b'])
  index.clear()
  put('c', 'four')
  expect([found('four'), [...before]]).toEqual([['c'], ['b']])
})

it('an index finds the same, whatever it was asked before', () => {
  const texts = ['mend the door', 'door mender', 'mail for the door', 'more mail', 'a mole', '']
  const plain = (words: readonly string[]): number[] =>
    texts.flatMap((text, place) => (words.every((word) => text.includes(word)) ? [place] : []))
  const asked = ['m', 'me', 'men', 'mend', 'mend d', 'mend do', 'mend', 'm', 'end', 'door e', 'o', 'mo o', 'mail', 'mo']
  const questions = [...asked, ...asked.toReversed(), 'd d', 'do d', 'door d'].map((text) => text.split(' '))
  const index = new SearchIndex()
  index.put(texts.map((text, place) => [place, text]))
  const told = questions.map((words) => [...index.find(words).entries()].flatMap(([at, is]) => (is === 1 ? [at] : [])))
  expect(told).toEqual(questions.map(plain))
})

it('an index that was asked often still finds the same', () => {
  const index = new SearchIndex()
  index.put(Array.from({ length: 200 }, (_, place) => [place, `text ${place}`]))
  for (let turn = 0; turn < 100; turn += 1) index.find([`${turn}`])
  expect([...index.find(['text', '17'])].flatMap((is, at) => (is === 1 ? [at] : []))).toEqual([
    17, 117, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179,
  ])
})
