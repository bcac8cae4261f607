import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { countTokens } from './transcript.ts'

it('counts each message of a transcript once, and bears anything else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gemba-transcript-'))
  const path = join(folder, 'x.jsonl')
  const line = (id: string, output: number) =>
    JSON.stringify({ message: { id, usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: output } } })
  writeFileSync(
    path,
    `${line('a', 1)}\n${line('a', 3)}\n${line('b', 4)}\n{"usage" torn\n{"message":{"usage":{"output_tokens":-1}}}\n`,
  )
  expect(countTokens(path)).toEqual({ tokensIn: 30, tokensOut: 7 })
  expect(countTokens('/no/such.jsonl')).toEqual({ tokensIn: 0, tokensOut: 0 })
  expect(countTokens('relative.jsonl')).toEqual({ tokensIn: 0, tokensOut: 0 })
  rmSync(folder, { recursive: true })
})
