import { expect, it } from 'vitest'
import { blocksOf, inlineOf } from './text.ts'

it('makes links of http addresses only, and keeps every character', () => {
  const text = 'See https://example.org/a?b=1. Not javascript:alert(1), not <a href="x">. (http://x.y)'
  const parts = inlineOf(text)
  expect(parts.filter((part) => part.kind === 'link').map((part) => part.text)).toEqual([
    'https://example.org/a?b=1',
    'http://x.y',
  ])
  expect(parts.map((part) => part.text).join('')).toBe(text)
})

it('sets apart what stands between fences, where they are closed', () => {
  expect(blocksOf('Do it.\n\n```steps\nwrite a\n  `b` https://x.y\n```\nThen http://x.y')).toEqual([
    { kind: 'paragraph', parts: [{ kind: 'text', text: 'Do it.' }] },
    { kind: 'code', text: 'write a\n  `b` https://x.y\n' },
    {
      kind: 'paragraph',
      parts: [
        { kind: 'text', text: 'Then ' },
        { kind: 'link', text: 'http://x.y' },
      ],
    },
  ])
  expect(blocksOf('```\nnever closed').map((block) => block.kind)).toEqual(['paragraph'])
})

it('reads headings, items by depth, rows of tables, and paragraphs whose lines stay', () => {
  const text =
    '## Problem\nOne line\nand the next\n\n- first\n  - `inner`\n2. **two** of them\n| a | b |\n|---|---|\nEnd'
  expect(blocksOf(text)).toEqual([
    { kind: 'heading', parts: [{ kind: 'text', text: 'Problem' }] },
    { kind: 'paragraph', parts: [{ kind: 'text', text: 'One line\nand the next' }] },
    { kind: 'item', mark: '•', depth: 0, parts: [{ kind: 'text', text: 'first' }] },
    { kind: 'item', mark: '•', depth: 1, parts: [{ kind: 'code', text: 'inner' }] },
    {
      kind: 'item',
      mark: '2.',
      depth: 0,
      parts: [
        { kind: 'strong', text: 'two' },
        { kind: 'text', text: ' of them' },
      ],
    },
    { kind: 'code', text: '| a | b |\n|---|---|' },
    { kind: 'paragraph', parts: [{ kind: 'text', text: 'End' }] },
  ])
})

it('leaves alone what only looks like marks', () => {
  for (const text of ['#1 is not a heading', '-5 degrees', '2 * 3 ** 4', 'a ` b', '<b>bold</b>'])
    expect(blocksOf(text)).toEqual([{ kind: 'paragraph', parts: [{ kind: 'text', text }] }])
})

it('reads lines that end as Windows or an old Mac ends them', () => {
  const blocks: ReturnType<typeof blocksOf> = [
    { kind: 'heading', parts: [{ kind: 'text', text: 'Title' }] },
    { kind: 'item', mark: '•', depth: 0, parts: [{ kind: 'text', text: 'one' }] },
    { kind: 'code', text: 'a\nb\n' },
    { kind: 'paragraph', parts: [{ kind: 'text', text: 'End' }] },
  ]
  const lines = ['# Title ##', '- one', '```', 'a', 'b', '```', 'End', '']
  for (const end of ['\n', '\r\n', '\r']) expect(blocksOf(lines.join(end))).toEqual(blocks)
})

const many = (text: string): string => text.repeat(Math.ceil(100_000 / text.length))
const [headings, items, paragraphs, codes] = (['heading', 'item', 'paragraph', 'code'] as const).map((kind) => [kind])

it.each([
  ['a heading of marks', `# a${many('#')}a`, headings],
  ['a heading of marks, then another kind of line end', `# ${many('#')}\u2028x`, headings],
  ['a heading of blanks', `# a${many(' ')}a`, headings],
  ['a heading of blanks and marks', `# a${many(' #\t')}a`, headings],
  ['a heading without words', `#${many(' ')}\r`, paragraphs],
  ['an item of blanks', `-${many(' ')}\u2028x`, items],
  ['an item without words', `-${many(' ')}`, paragraphs],
  ['blanks before a row', `${many(' ')}|x`, paragraphs],
  ['a row that is not one', `${many('| ')}x`, paragraphs],
  ['a row', many('| |'), codes],
  ['addresses of punctuation', many(`https://x/${'.,'.repeat(990)}x `), paragraphs],
  ['code that never ends', many('`a\u2028'), paragraphs],
  ['strong words that never end', many('**a*'), paragraphs],
  ['line ends', many('\r'), []],
  ['fences that never end', many('```a\n'), paragraphs],
  [
    'fences that never end, each shorter',
    Array.from({ length: 440 }, (_, k) => `${'`'.repeat(443 - k)}a`).join('\n'),
    paragraphs,
  ],
])('reads %s in one go', { timeout: 2_000 }, (_, text, kinds) => {
  expect(blocksOf(text).map((block) => block.kind)).toEqual(kinds)
})
