import { Type } from 'typebox'
import { environment, table } from './config-table.ts'

export const beadsTable = table(
  {
    embedded: Type.Optional(
      Type.Boolean({
        description: 'Run a Dolt server for the beads, over a folder of the data. Default: true unless `url` is set.',
      }),
    ),
    url: Type.Optional(
      Type.String({
        pattern: '^(mysql|dolt)://',
        description:
          'A Dolt server of your own: `mysql://user:password@host:port/database`, or `dolt://…`, which is the same. With `?tls=true` only TLS is spoken, and the certificate must name the host and come from an authority that Node knows; `?tls=true&tls-ca=ca.pem` names a file (from the project folder on) with the authorities to trust instead.',
        ...environment('GEMBA_BEADS_URL'),
      }),
    ),
    password_file: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'File with the password of `url`, from the project folder on, where the address holds none.',
        ...environment('GEMBA_BEADS_PASSWORD_FILE'),
      }),
    ),
    dir: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'A folder with `.beads`, or the `.beads` itself, from the project folder on; read and written through `bd`, or by SQL where a Dolt server keeps it.',
        ...environment('GEMBA_BEADS_DIR'),
      }),
    ),
    read_only: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Beads-only mode in which nothing can be changed.',
        ...environment('GEMBA_BEADS_READ_ONLY'),
      }),
    ),
    manifest: Type.Optional(
      Type.String({
        minLength: 1,
        default: '.gemba/session-manifest.jsonl',
        description: 'The session manifest of Beads-only mode, from the folder on.',
        ...environment('GEMBA_BEADS_ONLY_MANIFEST'),
      }),
    ),
    database: Type.Optional(
      Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_-]{0,62}$', default: 'beads', description: 'Name of the database.' }),
    ),
  },
  'Where the beads are.',
)
