import { expect, it } from 'vitest'
import { acknowledger, backOff, keyPieces, noteOf } from './terminal-wire.ts'

it('reads what the server says, and nothing else', () => {
  expect(noteOf('{"type":"snapshot","columns":80,"rows":24,"screen":"x","skipped":true}')).toEqual({
    type: 'snapshot',
    columns: 80,
    rows: 24,
    screen: 'x',
    skipped: true,
  })
  expect(noteOf('{"type":"snapshot","columns":-1,"rows":24,"screen":"x"}')).toBeNull()
  expect(noteOf('{"type":"snapshot","columns":99999,"rows":24,"screen":""}')).toMatchObject({ columns: 1_000 })
  expect(noteOf('{"type":"error","code":"c","message":"No pane.","mend":"Wait."}')).toEqual({
    type: 'error',
    text: 'No pane. Wait.',
  })
  expect(noteOf('not json')).toBeNull()
  expect(noteOf('{"type":"later"}')).toBeNull()
})

it('acknowledges every drawn byte once', () => {
  const sent: number[] = []
  const ack = acknowledger((bytes) => sent.push(bytes))
  ack(20_000)
  expect(sent).toEqual([])
  ack(20_000)
  ack(40_000)
  expect(sent).toEqual([40_000, 40_000])
})

it('cuts long pastes without cutting letters', () => {
  const text = '🙂'.repeat(5_000)
  const pieces = keyPieces(text)
  expect(pieces.length).toBe(2)
  expect(pieces.join('')).toBe(text)
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(8_192)
})

it('waits longer after each failure, up to a limit', () => {
  expect([1, 2, 3, 20].map(backOff)).toEqual([500, 1_000, 2_000, 10_000])
})
