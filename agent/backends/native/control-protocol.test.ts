import { describe, expect, it } from 'vitest'
import { ControlParser, quoteWord, unescapeOctal, type ControlEvent } from './control-protocol.ts'

function parse(chunks: readonly (string | Buffer)[]): ControlEvent[] {
  const events: ControlEvent[] = []
  const parser = new ControlParser((event) => events.push(event))
  for (const chunk of chunks) parser.push(Buffer.from(chunk))
  return events
}

describe('the control protocol', () => {
  it('gives answers in order, whoever asked', () => {
    const text =
      '%begin 1 2 0\n%end 1 2 0\n%begin 1 3 1\none\n%end 1 2 0\n%end 9 3 1\ntwo\n%end 1 3 1\n%begin 1 4 1\nno\n%error 1 4 1\n'
    expect(parse([text])).toEqual([
      { kind: 'reply', ok: true, ours: false, lines: [] },
      { kind: 'reply', ok: true, ours: true, lines: ['one', '%end 1 2 0', '%end 9 3 1', 'two'] },
      { kind: 'reply', ok: false, ours: true, lines: ['no'] },
    ])
  })

  it('is the same however the bytes are cut', () => {
    const text =
      '%session-changed $0 gemba\n%output %1 a\\015\\012é\\134\n%extended-output %2 5 : b : c\n%pause %2\n%exit why\n'
    const whole = parse([text])
    expect(parse([...Buffer.from(text)].map((byte) => Buffer.from([byte])))).toEqual(whole)
    expect(whole).toEqual([
      { kind: 'attached' },
      { kind: 'output', pane: '%1', bytes: Buffer.from('a\r\né\\') },
      { kind: 'output', pane: '%2', bytes: Buffer.from('b : c') },
      { kind: 'paused', pane: '%2' },
      { kind: 'exit', reason: 'why' },
    ])
  })

  it('hears a pause inside an answer, and forgets lines without end', () => {
    expect(parse(['%begin 1 2 1\n%pause %3\n%end 1 2 1\n'])).toEqual([
      { kind: 'paused', pane: '%3' },
      { kind: 'reply', ok: true, ours: true, lines: [] },
    ])
    expect(parse([`%output %1 ${'x'.repeat(3_000_000)}`, '\n%pause %1\n'])).toEqual([{ kind: 'paused', pane: '%1' }])
  })

  it('undoes octal escapes', () => {
    expect(unescapeOctal(Buffer.from('\\033[1m\\\\'))).toEqual(Buffer.from('\u001b[1m\\\\'))
    expect(unescapeOctal(Buffer.from('\\377'))).toEqual(Buffer.from([0xff]))
  })

  it.each([
    ['new-window', 'new-window'],
    ['-d', '-d'],
    ['%1', `'%1'`],
    ['', `''`],
    [`it's #(x) ; $HOME ~ "q" \\`, `'it'\\''s #(x) ; $HOME ~ "q" \\'`],
  ])('quotes %j', (word, quoted) => expect(quoteWord(word)).toBe(quoted))

  it('refuses a word that would be two lines', () => {
    expect(() => quoteWord('a\nkill-server')).toThrow(TypeError)
  })
})
