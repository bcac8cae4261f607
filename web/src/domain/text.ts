/** Untrusted text, set as its author meant it: the few marks of Markdown that people use, and nothing of HTML. */
export type Inline = { readonly kind: 'text' | 'link' | 'code' | 'strong'; readonly text: string }

export type Block =
  | { readonly kind: 'paragraph' | 'heading'; readonly parts: readonly Inline[] }
  | { readonly kind: 'item'; readonly mark: string; readonly depth: number; readonly parts: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }

const fence = /^(`{3,})[^`\n]*\n((?:(?!\1).*\n)*?)\1[ \t]*(?:\n|$)/gm
const heading = /^#{1,6}[ \t]+(.+?)[ \t#]*$/
const item = /^([ \t]*)([-*+]|\d{1,3}[.)])[ \t]+(.+)$/
const tableRow = /^[ \t]*\|.*\|[ \t]*$/
const inline = /`([^`\n]{1,2000})`|\*\*([^*\n]{1,2000})\*\*|https?:\/\/[^\s<>"'`]{1,2000}/g
const trailing = /[.,;:!?)\]}*]+$/
const deepest = 4

/** What stands between fences, and rows of a table, is code; the rest headings, items and paragraphs, whose lines stay. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  let end = 0
  for (const match of text.matchAll(fence)) {
    blocks.push(...proseOf(text.slice(end, match.index)), { kind: 'code', text: match[2] ?? '' })
    end = match.index + match[0].length
  }
  return [...blocks, ...proseOf(text.slice(end))]
}

function proseOf(text: string): Block[] {
  const blocks: Block[] = []
  let lines: string[] = []
  let isTable = false
  const close = (): void => {
    if (lines.length > 0) blocks.push(runOf(lines.join('\n'), isTable))
    lines = []
  }
  for (const line of text.split('\n')) {
    const single = singleOf(line)
    const row = tableRow.test(line)
    if (single !== null || line.trim() === '' || row !== isTable) close()
    isTable = row
    if (single !== null) blocks.push(single)
    else if (line.trim() !== '') lines.push(line)
  }
  close()
  return blocks
}

function runOf(text: string, isTable: boolean): Block {
  return isTable ? { kind: 'code', text } : { kind: 'paragraph', parts: inlineOf(text) }
}

/** A line that is a block by itself. */
function singleOf(line: string): Block | null {
  const title = heading.exec(line)?.[1]
  if (title !== undefined) return { kind: 'heading', parts: inlineOf(title) }
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
  const link = whole.replace(trailing, '')
  return URL.canParse(link) ? { kind: 'link', text: link } : null
}
