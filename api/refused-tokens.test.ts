import type { FastifyRequest } from 'fastify'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { GembaError } from '../model/error.ts'
import { RefusedTokens } from './refused-tokens.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('records a bounded number of a minute, from whatever addresses, and says once that there were more', async () => {
  const rows: unknown[] = []
  const lines: string[] = []
  const log = { warn: (first: unknown, text?: string) => lines.push(text ?? String(first)), error: () => undefined }
  const refused = new RefusedTokens({ audit: async (row) => void rows.push(row) })
  const try1000 = (): void => {
    for (let number = 0; number < 1_000; number++) {
      const request = { ip: `10.0.${number >> 8}.${number & 255}`, method: 'GET', url: '/x?ticket=secret', log }
      refused.record(request as unknown as FastifyRequest, new GembaError('not_signed_in'))
    }
  }
  try1000()
  expect(rows).toHaveLength(60)
  expect(lines).toHaveLength(61)
  expect(lines.at(-1)).toContain('more tokens are refused')
  expect(JSON.stringify([rows, lines])).not.toContain('secret')
  vi.advanceTimersByTime(60_000)
  try1000()
  expect(rows).toHaveLength(120)
})
