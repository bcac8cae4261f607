import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { METADATA_ENCODING_KEY, ValueError, type Payload, type PayloadCodec } from '@temporalio/common'
import proto from '@temporalio/proto'

const encoding = new TextEncoder().encode('binary/gemba-encrypted')
const cipher = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/**
 * Seals everything that workflows and activities are given and give back. Temporal's port is open to every program of
 * the machine: without the key nobody can read a history, and what was started, signalled or answered without it does
 * not decode, so no work can be forged. `secret` is this installation's own; a payload that it did not seal is refused.
 */
export function createPayloadCodec(secret: string): PayloadCodec {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'gemba temporal payloads', 32))
  return {
    encode: (payloads) => Promise.resolve(payloads.map((payload) => seal(key, payload))),
    decode: async (payloads) => payloads.map((payload) => open(key, payload)),
  }
}

const { Payload: Wire } = proto.temporal.api.common.v1

function seal(key: Uint8Array, payload: Payload): Payload {
  const nonce = randomBytes(nonceBytes)
  const sealing = createCipheriv(cipher, key, nonce)
  const sealed = Buffer.concat([sealing.update(Wire.encode(payload).finish()), sealing.final()])
  return { metadata: { [METADATA_ENCODING_KEY]: encoding }, data: Buffer.concat([nonce, sealing.getAuthTag(), sealed]) }
}

function open(key: Uint8Array, { metadata, data }: Payload): Payload {
  const mark = metadata?.[METADATA_ENCODING_KEY]
  if (
    mark === undefined ||
    mark === null ||
    Buffer.compare(mark, encoding) !== 0 ||
    data === undefined ||
    data === null
  ) {
    throw new ValueError('a payload that Gemba did not seal is refused')
  }
  const opening = createDecipheriv(cipher, key, data.subarray(0, nonceBytes))
  opening.setAuthTag(data.subarray(nonceBytes, nonceBytes + tagBytes))
  const opened = Buffer.concat([opening.update(data.subarray(nonceBytes + tagBytes)), opening.final()])
  return Wire.decode(opened)
}
