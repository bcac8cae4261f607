import { expect, test } from 'vitest'
import { printable } from './printable.ts'

test.each([
  ['a colour', '\u001b[31mred\u001b[0m', 'red'],
  ['a title', '\u001b]0;rm -rf\u0007shown', 'shown'],
  ['a link', '\u001b]8;;http://evil\u001b\\text\u001b]8;;\u001b\\', 'text'],
  ['carriage returns and backspaces', 'safe\r\bevil', 'safeevil'],
  ['text turned around', 'a\u202egnp.exe', 'agnp.exe'],
  ['lines and tabs stay', 'a\tb\nc', 'a\tb\nc'],
])('%s', (_, hostile, plain) => {
  expect(printable(hostile)).toBe(plain)
})

test('length is bounded', () => {
  expect(printable('x'.repeat(5_000_000), 10)).toBe(`${'x'.repeat(10)}…`)
})
