export type TextPart = { readonly kind: 'text' | 'link' | 'code'; readonly text: string }

const address = /https?:\/\/[^\s<>"'`]{1,2000}/g
const fence = /^(`{3,})[^`\n]*\n((?:(?!\1).*\n)*?)\1[ \t]*(?:\n|$)/gm
const trailing = /[.,;:!?)\]}]+$/

/** Splits untrusted text into plain text, http(s) addresses and fenced code; nothing in it is ever markup. */
export function partsOf(text: string): TextPart[] {
  const parts: TextPart[] = []
  let end = 0
  for (const match of text.matchAll(fence)) {
    const before = text.slice(end, match.index).replace(/\n+$/, '\n')
    parts.push(...linksOf(before), { kind: 'code', text: match[2] ?? '' })
    end = match.index + match[0].length
  }
  return [...parts, ...linksOf(text.slice(end))]
}

function linksOf(text: string): TextPart[] {
  const parts: TextPart[] = []
  let end = 0
  for (const match of text.matchAll(address)) {
    const link = match[0].replace(trailing, '')
    if (!URL.canParse(link)) continue
    if (match.index > end) parts.push({ kind: 'text', text: text.slice(end, match.index) })
    parts.push({ kind: 'link', text: link })
    end = match.index + link.length
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) })
  return parts
}
