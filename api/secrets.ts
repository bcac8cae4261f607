import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 random bits, base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** SHA-256, hex: what is kept of a secret that can not be guessed. */
export function digestOfSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Whether `secret` has this digest, in constant time. */
export function hasDigest(secret: string, digest: string): boolean {
  const [shown, kept] = [Buffer.from(digestOfSecret(secret)), Buffer.from(digest)]
  return shown.length === kept.length && timingSafeEqual(shown, kept)
}
