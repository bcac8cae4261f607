/** Untrusted text, set as its author meant it: the few marks of Markdown that people use, and nothing of HTML. */
export type Inline = { readonly kind: 'text' | 'link' | 'code' | 'strong'; readonly text: string }

export type Block =
  | { readonly kind: 'paragraph' | 'heading'; readonly parts: readonly Inline[] }
  | { readonly kind: 'item'; readonly mark: string; readonly depth: number; readonly parts: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }

/** No pattern here can try one text in many ways: hostile text costs no more than its length. */
const opening = /^(`{3,})[^`]*$/
const heading = /^#{1,6}[ \t]+([^ \t].*)$/s
const item = /^([ \t]*)([-*+]|\d{1,3}[.)])[ \t]+([^ \t].*)$/s
const inline = /`([^`\n]{1,2000})`|\*\*([^*\n]{1,2000})\*\*|https?:\/\/[^\s<>"'`]{1,2000}/g
const deepest = 4

/** What stands between fences, and rows of a table, is code; the rest headings, items and paragraphs, whose lines stay. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  const lines = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n')
  let begin = 0
  for (let at = 0; at < lines.length; at++) {
    const close = closingOf(lines, at)
    if (close === undefined) continue
    const code = lines.slice(at + 1, close).map((line) => `${line}\n`)
    blocks.push(...proseOf(lines.slice(begin, at)), { kind: 'code', text: code.join('') })
    begin = close + 1
    at = close
  }
  return [...blocks, ...proseOf(lines.slice(begin))]
}

/** Where the fence is closed that begins in a line; undefined when none does, or it never is. */
function closingOf(lines: readonly string[], at: number): number | undefined {
  const fence = opening.exec(lines[at] ?? '')?.[1]
  if (fence === undefined) return undefined
  let close = at + 1
  while (close < lines.length && !lines[close]?.startsWith(fence)) close++
  return lines[close]?.trimEnd() === fence ? close : undefined
}

function proseOf(text: readonly string[]): Block[] {
  const blocks: Block[] = []
  let lines: string[] = []
  let isTable = false
  const close = (): void => {
    if (lines.length > 0) blocks.push(runOf(lines.join('\n'), isTable))
    lines = []
  }
  for (const line of text) {
    const single = singleOf(line)
    const row = isRow(line)
    if (single !== null || line.trim() === '' || row !== isTable) close()
    isTable = row
    if (single !== null) blocks.push(single)
    else if (line.trim() !== '') lines.push(line)
  }
  close()
  return blocks
}

function isRow(line: string): boolean {
  const row = line.trim()
  return row.length > 1 && row.startsWith('|') && row.endsWith('|')
}

function runOf(text: string, isTable: boolean): Block {
  return isTable ? { kind: 'code', text } : { kind: 'paragraph', parts: inlineOf(text) }
}

/** A line that is a block by itself. */
function singleOf(line: string): Block | null {
  const title = heading.exec(line)?.[1]
  if (title !== undefined) return { kind: 'heading', parts: inlineOf(title[0] + withoutLast(title.slice(1), ' \t#')) }
  const [, indent = '', mark = '', said] = item.exec(line) ?? []
  if (said === undefined) return null
  const depth = Math.min(deepest, Math.floor(indent.replaceAll('\t', '  ').length / 2))
  return { kind: 'item', mark: /\d/.test(mark) ? mark : '•', depth, parts: inlineOf(said) }
}

/** Links are http(s) addresses alone. */
export function inlineOf(text: string): Inline[] {
  const parts: Inline[] = []
  let end = 0
  for (const match of text.matchAll(inline)) {
    const part = partOf(match)
    if (part === null) continue
    if (match.index > end) parts.push({ kind: 'text', text: text.slice(end, match.index) })
    parts.push(part)
    end = match.index + (part.kind === 'link' ? part.text.length : match[0].length)
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) })
  return parts
}

function partOf([whole, code, strong]: RegExpExecArray): Inline | null {
  if (code !== undefined) return { kind: 'code', text: code }
  if (strong !== undefined) return { kind: 'strong', text: strong }
  const link = withoutLast(whole, '.,;:!?)]}*')
  return URL.canParse(link) ? { kind: 'link', text: link } : null
}

/** The text without those of the characters that it ends with. */
function withoutLast(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--
  return text.slice(0, end)
}
