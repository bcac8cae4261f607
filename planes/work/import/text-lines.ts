/** A line as it came, or why it can not be read. Lines are counted from 1; empty ones are left out. */
export type TextLine =
  { readonly line: number; readonly text: string } | { readonly line: number; readonly why: string }

/** A bead with all its texts, comments and edges stays far below. */
export const longestLine = 4 * 1024 * 1024

const newline = 0x0a

/** Splits bytes into lines. Of a line that is too long no more than its beginning is ever held. */
export async function* textLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TextLine> {
  let held: Uint8Array[] = []
  let bytes = 0
  let line = 1
  const hold = (part: Uint8Array): void => {
    bytes += part.length
    if (bytes <= longestLine) held.push(part)
    else held = []
  }
  const taken = (): TextLine | undefined => {
    const read = bytes > longestLine ? tooLong(line) : readLine(line, held)
    held = []
    bytes = 0
    line += 1
    return read
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      hold(chunk.subarray(start, end))
      start = end + 1
      const read = taken()
      if (read !== undefined) yield read
    }
    hold(chunk.subarray(start))
  }
  const last = taken()
  if (last !== undefined) yield last
}

function tooLong(line: number): TextLine {
  return { line, why: `it is longer than ${longestLine / 1024 / 1024} MiB` }
}

function readLine(line: number, parts: readonly Uint8Array[]): TextLine | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts)).trim()
    return text === '' ? undefined : { line, text }
  } catch {
    return { line, why: 'it is not UTF-8' }
  }
}
