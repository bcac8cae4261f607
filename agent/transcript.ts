import { isAbsolute } from 'node:path'
import { readRegularFile } from './sentinels/regular-file.ts'

export interface Tokens {
  readonly tokensIn: number
  readonly tokensOut: number
}

/** Of a longer transcript only the end is read: its counts then fall short, the host's memory does not. */
const longest = 32 * 1024 * 1024

/** Tokens of a Claude Code conversation, from its transcript (facts/agents.md). Zero when it can not be read. */
export function countTokens(path: string): Tokens {
  if (!isAbsolute(path) || !path.endsWith('.jsonl')) return { tokensIn: 0, tokensOut: 0 }
  const usage = new Map<string, Tokens>()
  let unnamed = 0
  for (const line of (readRegularFile(path, longest) ?? '').split('\n')) {
    const message = parseUsage(line)
    // One message stands on several lines, one a block, each with the usage so far.
    if (message !== undefined) usage.set(message.id === '' ? `#${(unnamed += 1)}` : message.id, message)
  }
  const all = [...usage.values()]
  return {
    tokensIn: all.reduce((sum, each) => sum + each.tokensIn, 0),
    tokensOut: all.reduce((sum, each) => sum + each.tokensOut, 0),
  }
}

function parseUsage(line: string): (Tokens & { id: string }) | undefined {
  if (!line.includes('"usage"')) return undefined
  try {
    const { message } = JSON.parse(line) as { message?: { id?: unknown; usage?: Record<string, unknown> } }
    if (message?.usage === undefined) return undefined
    const of = (name: string) => {
      const value = message.usage?.[name]
      return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0
    }
    return {
      id: typeof message.id === 'string' ? message.id : '',
      tokensIn: of('input_tokens') + of('cache_creation_input_tokens') + of('cache_read_input_tokens'),
      tokensOut: of('output_tokens'),
    }
  } catch {
    return undefined
  }
}
