import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** PEM of a certificate that vouches for itself, and of its key. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
}

/** A new certificate of `host`, good for this hour and the next, that is its own authority. */
export function certificateOf(host: string): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const name = sequence(set(sequence(oid('550403'), der(0x0c, Buffer.from(host)))))
  const algorithm = sequence(oid('2a8648ce3d040302'))
  const altNames = sequence(der(0x82, Buffer.from(host)))
  const authority = sequence(der(0x01, Buffer.from([0xff])))
  const keyId = der(0x04, createHash('sha1').update(spki).digest())
  const extensions = [
    sequence(oid('551d11'), der(0x04, altNames)),
    sequence(oid('551d13'), der(0x01, Buffer.from([0xff])), der(0x04, authority)),
    sequence(oid('551d0e'), der(0x04, keyId)),
  ]
  const serial = der(0x02, Buffer.concat([Buffer.from([0x01]), randomBytes(8)]))
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    serial,
    algorithm,
    name,
    sequence(time(-3_600_000), time(3_600_000)),
    name,
    spki,
    der(0xa3, sequence(...extensions)),
  )
  const signature = sign('sha256', body, privateKey)
  const whole = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])))
  const lines = whole
    .toString('base64')
    .replace(/(.{64})/g, '$1\n')
    .trimEnd()
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...head]), content])
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts))
}

function set(part: Buffer): Buffer {
  return der(0x31, part)
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}

function time(fromNow: number): Buffer {
  const text = new Date(Date.now() + fromNow)
    .toISOString()
    .replace(/[-:T]|\.\d+/g, '')
    .slice(2)
  return der(0x17, Buffer.from(text))
}
