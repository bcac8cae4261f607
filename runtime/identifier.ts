import { createHash, randomBytes } from 'node:crypto'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** 128 bits as 26 letters of Crockford's base 32: 48 bits of milliseconds, so that ids sort by time, then 80 random bits. */
export function newIdentifier(now: number = Date.now()): string {
  return identifier(now, randomBytes(10))
}

/** Like `newIdentifier`, but its last 16 letters follow from `seed` alone, so that the same deed is known again. */
export function seededIdentifier(seed: string, now: number = Date.now()): string {
  return identifier(now, createHash('sha256').update(seed).digest().subarray(0, 10))
}

/** A short random name of `length` letters of the same alphabet, 5 bits each. */
export function newName(length: number): string {
  return Array.from(randomBytes(length), (byte) => alphabet.charAt(byte & 31)).join('')
}

function identifier(now: number, tail: Buffer): string {
  return base32((BigInt(now) << 80n) | BigInt(`0x${tail.toString('hex')}`), 26)
}

function base32(bits: bigint, length: number): string {
  let text = ''
  for (let rest = bits; text.length < length; rest >>= 5n) text = alphabet.charAt(Number(rest & 31n)) + text
  return text
}
