import { expect, it } from 'vitest'
import { partsOf } from './text.ts'

it('makes links of http addresses only, and keeps every character', () => {
  const text = 'See https://example.org/a?b=1. Not javascript:alert(1), not <a href="x">. (http://x.y)'
  const parts = partsOf(text)
  expect(parts.filter((part) => part.kind === 'link').map((part) => part.text)).toEqual([
    'https://example.org/a?b=1',
    'http://x.y',
  ])
  expect(parts.map((part) => part.text).join('')).toBe(text)
})

it('sets apart what stands between fences, where they are closed', () => {
  expect(partsOf('Do it.\n\n```steps\nwrite a\n  `b` https://x.y\n```\nThen http://x.y')).toEqual([
    { kind: 'text', text: 'Do it.\n' },
    { kind: 'code', text: 'write a\n  `b` https://x.y\n' },
    { kind: 'text', text: 'Then ' },
    { kind: 'link', text: 'http://x.y' },
  ])
  expect(partsOf('```\nnever closed').map((part) => part.kind)).toEqual(['text'])
})
