import { Type } from 'typebox'
import { environment, table } from './config-table.ts'

export const serverTable = table(
  {
    listen: Type.Optional(
      Type.String({
        pattern: '^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9.-]+):\\d{1,5}$',
        default: '127.0.0.1:7666',
        description: 'Address and port of the console and the API.',
        ...environment('GEMBA_LISTEN'),
      }),
    ),
    public_url: Type.Optional(
      Type.String({
        pattern: '^https?://[^/]+/?$',
        description: 'The address by which others reach the server, when it is another one.',
        ...environment('GEMBA_PUBLIC_URL'),
      }),
    ),
    auth: Type.Optional(
      Type.Union([Type.Literal('token'), Type.Literal('none')], {
        default: 'token',
        description: 'Whether browsers must show the local token. `none` is refused beyond the loopback.',
        ...environment('GEMBA_AUTH'),
      }),
    ),
    mode: Type.Optional(
      Type.Union([Type.Literal('full'), Type.Literal('beads_only')], {
        default: 'full',
        description: 'All of Gemba, or the planning half alone, over any Beads database.',
        ...environment('GEMBA_MODE'),
      }),
    ),
    beads_only: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'The same as `mode = "beads_only"`.',
        ...environment('GEMBA_BEADS_ONLY'),
      }),
    ),
    orchestration: Type.Optional(
      Type.Union([Type.Literal('native'), Type.Literal('none')], {
        default: 'native',
        description: 'Whether agents run on this machine, in tmux, or none are started.',
        ...environment('GEMBA_ORCHESTRATION'),
      }),
    ),
  },
  'The console and the API.',
)
