import { randomBytes } from 'node:crypto'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** 128 bits as 26 letters of Crockford's base 32: 48 bits of milliseconds, so that ids sort by time, then 80 random bits. */
export function newIdentifier(now: number = Date.now()): string {
  const bits = (BigInt(now) << 80n) | BigInt(`0x${randomBytes(10).toString('hex')}`)
  return base32(bits, 26)
}

/** A short random name of `length` letters of the same alphabet, 5 bits each. */
export function newName(length: number): string {
  return Array.from(randomBytes(length), (byte) => alphabet.charAt(byte & 31)).join('')
}

function base32(bits: bigint, length: number): string {
  let text = ''
  for (let rest = bits; text.length < length; rest >>= 5n) text = alphabet.charAt(Number(rest & 31n)) + text
  return text
}
