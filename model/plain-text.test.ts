import { expect, test } from 'vitest'
import { plainLine, plainName, plainText } from './plain-text.ts'

test.each([
  ['a colour', '\u001b[31mred\u001b[0m', 'red'],
  ['a title', '\u001b]0;rm -rf\u0007shown', 'shown'],
  ['what never ends', 'shown\u001b]52;c;', 'shown'],
  ['what is not seen', 'a\u202eb\u200bc\u0000', 'abc'],
  ['lines and tabs stay', 'a\tb\r\nc\rd', 'a\tb\nc\nd'],
])('plain text: %s', (_, hostile, plain) => {
  expect(plainText(hostile, 100)).toBe(plain)
})

test('it is cut between characters', () => {
  expect(plainText('x'.repeat(9), 5)).toBe('xxxx…')
  expect(plainText('abc🚀🚀🚀', 5)).toBe('abc…')
})

test('a line is one line', () => {
  expect(plainLine(' a\n\tb  c ', 10)).toBe('a b c')
})

test('a name keeps its length', () => {
  expect(plainName('a\n\u001b[31mb')).toBe('a??[31mb')
  expect(plainName('x'.repeat(500))).toHaveLength(200)
})
