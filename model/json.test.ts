import { expect, test } from 'vitest'
import { parseJson, parseJsonObject } from './json.ts'

test.each([
  ['{"a":1}', { a: 1 }],
  ['[1]', [1]],
  ['null', null],
  ['{"a":', undefined],
  ['', undefined],
])('%s', (text, said) => expect(parseJson(text)).toEqual(said))

test.each(['[1]', 'null', '"x"', 'no', ''])('%s holds no object', (text) => {
  expect(parseJsonObject(text)).toBeUndefined()
})
