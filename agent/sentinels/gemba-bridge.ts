import { readSync } from 'node:fs'
import { parseJsonObject } from '../../model/json.ts'
import { appendFrame } from './frame-file.ts'

/** What a hook may hand over; more is not read. */
const longestInput = 16 * 1024 * 1024

/** How long an agent is held up for a frame that finds no room on the disk. */
const hookPatienceMs = 5_000

/**
 * The hook shim (seed 003, Components): the agent's program runs `gemba-bridge <hook>` with a JSON object on standard
 * input. Always exits 0 and prints nothing, so that it can never be in the agent's way.
 */
function main(): void {
  const hook = process.argv[2]
  const payload = parseJsonObject(readInput()) ?? {}
  const named = typeof payload['hook_event_name'] === 'string' ? payload['hook_event_name'] : undefined
  appendFrame(hook ?? named ?? 'unknown', payload, { patienceMs: hookPatienceMs })
}

function readInput(): string {
  const chunks: Buffer[] = []
  let length = 0
  const chunk = Buffer.allocUnsafe(256 * 1024)
  while (length < longestInput) {
    const read = readChunk(chunk)
    if (read === 0) break
    chunks.push(Buffer.from(chunk.subarray(0, read)))
    length += read
  }
  return Buffer.concat(chunks).toString('utf8')
}

function readChunk(chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(0, chunk)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return 0
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

main()
