/** What tmux says in control mode (tmux(1), CONTROL MODE), as far as it matters here. */
export type ControlEvent =
  /** The answer to one command; `ours` when this client sent it. */
  | { readonly kind: 'reply'; readonly ok: boolean; readonly ours: boolean; readonly lines: readonly string[] }
  | { readonly kind: 'output'; readonly pane: string; readonly bytes: Buffer }
  /** tmux stopped sending a pane's output; what came since is lost to this client. */
  | { readonly kind: 'paused'; readonly pane: string }
  | { readonly kind: 'attached' }
  | { readonly kind: 'exit'; readonly reason: string }

/** Longer lines are thrown away: tmux writes none. */
const longestLine = 1024 * 1024
const newline = 0x0a
const backslash = 0x5c

/**
 * Takes the bytes of a control client's output apart. No command of ours prints text from outside, so a block holds
 * nothing that could be taken for its own end.
 */
export class ControlParser {
  readonly #emit: (event: ControlEvent) => void
  #rest: Buffer[] = []
  #restLength = 0
  #block: { id: string; lines: string[] } | undefined

  constructor(emit: (event: ControlEvent) => void) {
    this.#emit = emit
  }

  push(chunk: Buffer): void {
    let begin = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, begin)) {
      this.#endLine(chunk.subarray(begin, end))
      begin = end + 1
    }
    const rest = chunk.subarray(begin)
    this.#restLength += rest.length
    if (rest.length > 0 && this.#restLength <= longestLine) this.#rest.push(rest)
  }

  #endLine(tail: Buffer): void {
    const tooLong = this.#restLength > longestLine
    const line = this.#rest.length === 0 ? tail : Buffer.concat([...this.#rest, tail])
    this.#rest = []
    this.#restLength = 0
    if (!tooLong) this.#line(line)
  }

  #line(line: Buffer): void {
    const output = this.#block === undefined ? readOutput(line) : undefined
    if (output !== undefined) return this.#emit(output)
    const text = line.toString('utf8')
    const paused = /^%pause (%\d+)$/.exec(text)?.[1]
    if (paused !== undefined) return this.#emit({ kind: 'paused', pane: paused })
    if (this.#block !== undefined) return this.#inBlock(this.#block, text)
    const begin = /^%begin (\d+ \d+ \d+)$/.exec(text)?.[1]
    if (begin !== undefined) this.#block = { id: begin, lines: [] }
    else if (text.startsWith('%session-changed ')) this.#emit({ kind: 'attached' })
    else if (text === '%exit' || text.startsWith('%exit ')) this.#emit({ kind: 'exit', reason: text.slice(6) })
  }

  #inBlock(block: { id: string; lines: string[] }, text: string): void {
    const ok = text === `%end ${block.id}`
    if (!ok && text !== `%error ${block.id}`) {
      if (!/^%continue %\d+$/.test(text)) block.lines.push(text)
      return
    }
    this.#block = undefined
    this.#emit({ kind: 'reply', ok, ours: block.id.endsWith(' 1'), lines: block.lines })
  }
}

function readOutput(line: Buffer): ControlEvent | undefined {
  if (line[0] !== 0x25) return undefined
  const head = line.subarray(0, 80).toString('latin1')
  const match = /^%output (%\d+) |^%extended-output (%\d+) [^:]*: /.exec(head)
  const pane = match?.[1] ?? match?.[2]
  if (match === null || pane === undefined) return undefined
  return { kind: 'output', pane, bytes: unescapeOctal(line.subarray(match[0].length)) }
}

/** `\012` is a line end, `\134` a backslash; everything else stands for itself. */
export function unescapeOctal(text: Buffer): Buffer {
  if (!text.includes(backslash)) return Buffer.from(text)
  const bytes = Buffer.allocUnsafe(text.length)
  let length = 0
  for (let index = 0; index < text.length; index += 1) {
    const byte = text[index] ?? 0
    if (byte === backslash && index + 3 < text.length) {
      bytes[length] =
        (((text[index + 1] ?? 0) & 7) << 6) | (((text[index + 2] ?? 0) & 7) << 3) | ((text[index + 3] ?? 0) & 7)
      index += 3
    } else bytes[length] = byte
    length += 1
  }
  return bytes.subarray(0, length)
}

/** One argument as tmux's own parser reads it back: single quotes take everything literally. */
export function quoteWord(word: string): string {
  if (/[\n\r\0]/.test(word)) throw new TypeError('a tmux argument can not hold a line end')
  if (/^[a-zA-Z-][a-zA-Z0-9-]*$/.test(word)) return word
  return `'${word.replaceAll("'", `'\\''`)}'`
}
