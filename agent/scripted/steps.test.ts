import { expect, test } from 'vitest'
import { findSteps, parseSteps } from './steps.ts'

const block =
  '```gemba-steps\nsay Hello\nwrite a/b.txt\n  one\n\n    two\n  \nappend c.txt some text\ncommit Done it\n```'

test.each([
  ['alone', block],
  ['quoted, as in a preamble', `# Bead\n\n${block.replace(/^/gm, '> ')}\n> more`],
  ['indented', block.replace(/^/gm, '    ')],
])('a block is found and read: %s', (_, text) => {
  expect(parseSteps(findSteps(text) ?? [])).toEqual([
    { kind: 'say', text: 'Hello' },
    { kind: 'write', path: 'a/b.txt', text: 'one\n\n  two\n' },
    { kind: 'append', path: 'c.txt', text: 'some text' },
    { kind: 'commit', message: 'Done it' },
  ])
})

test('a question has options', () => {
  expect(parseSteps(['ask Which? | One | The other |'])).toEqual([
    { kind: 'ask', question: 'Which?', options: ['One', 'The other'] },
  ])
})

test('without a block there are no steps', () => {
  expect(findSteps('just text\n```js\nsay no\n```')).toBeUndefined()
})

test.each(['dance', 'say', 'write', 'sleep long', 'sleep -1', 'sleep 1000', 'commit', 'ask', 'rm -rf /'])(
  'a wrong line is refused: %s',
  (line) => {
    expect(() => parseSteps([line])).toThrow(/"/)
  },
)
