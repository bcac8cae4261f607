import { Type } from 'typebox'
import { identifier, record } from './text.ts'

const short = Type.String({ maxLength: 255 })
const number = Type.Integer({ minimum: 0 })

export const announcement = record('Announcement', {
  host: identifier,
  instance: short,
  version: short,
  kinds: Type.Array(short, { maxItems: 32 }),
  slots: Type.Integer({ minimum: 0, maximum: 10_000 }),
  panes: Type.Array(
    record('AnnouncedPane', {
      session: identifier,
      bead: identifier,
      repository: identifier,
      fence: number,
      alive: Type.Boolean(),
      integrated: Type.Boolean(),
    }),
    { maxItems: 500 },
  ),
})

/** What a host may send; the message itself is at most `maxHostMessage` bytes. */
export const hostMessage = Type.Union([
  Type.Object({ type: Type.Literal('announce'), announcement }, { additionalProperties: false }),
  Type.Object(
    {
      type: Type.Literal('output'),
      session: identifier,
      data: Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$' }),
      lost: Type.Boolean(),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    { type: Type.Literal('reply'), id: number, ok: Type.Literal(true), value: Type.Unknown() },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      type: Type.Literal('reply'),
      id: number,
      ok: Type.Literal(false),
      code: short,
      params: Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 4096 }), { maxProperties: 32 }),
    },
    { additionalProperties: false },
  ),
])

export const terminalSnapshot = record('TerminalSnapshot', {
  columns: Type.Integer({ minimum: 1, maximum: 1000 }),
  rows: Type.Integer({ minimum: 1, maximum: 1000 }),
  screen: Type.String(),
})

export const maxHostMessage = 256 * 1024
