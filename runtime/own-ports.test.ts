import { expect, test } from 'vitest'
import { ownPorts, rangeOf } from './own-ports.ts'

test.each([
  ["Linux's own", '32768\t60999\n', { first: 20_000, last: 32_000 }],
  ['nothing told', '', { first: 20_000, last: 32_000 }],
  ["macOS's own", '49152 65535', { first: 20_000, last: 32_000 }],
  ['a range that begins lower', '25000 65535', { first: 20_000, last: 24_999 }],
  ['one that leaves only what is below', '15000\t65000', { first: 3_000, last: 14_999 }],
  ['one that ends in the middle', '1024\t25000', { first: 25_001, last: 32_000 }],
  ['one that leaves only what is above', '1024\t64000', { first: 64_001, last: 65_535 }],
  ['all of them', '1024\t65535', { first: 20_000, last: 32_000 }],
])('%s', (_, text, own) => {
  expect(ownPorts(rangeOf(text))).toEqual(own)
})
