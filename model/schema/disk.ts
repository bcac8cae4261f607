import { Type } from 'typebox'
import { record, words } from './text.ts'

export const diskState = record(
  'DiskState',
  {
    status: words(['ok', 'low', 'full']),
    folder: Type.String(),
    freeBytes: Type.Integer(),
    leastBytes: Type.Integer(),
    left: Type.String(),
    wanted: Type.String(),
  },
  { description: 'Where there is least room. `low`: nothing new is started. `full`: hardly anything can be written.' },
)
