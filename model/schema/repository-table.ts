import { Type } from 'typebox'
import { idPattern, prefixPattern, table } from './config-table.ts'

export const repositoryTable = table(
  {
    id: Type.String({ pattern: idPattern, description: 'What labels call it: `repo:<id>`.' }),
    path: Type.Optional(
      Type.String({ minLength: 1, default: '.', description: 'Its folder, from the project folder on.' }),
    ),
    base: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        default: 'main',
        description: 'The branch that work starts from and returns to.',
      }),
    ),
    integration: Type.Optional(
      Type.Union([Type.Literal('merge'), Type.Literal('push'), Type.Literal('pr'), Type.Literal('none')], {
        default: 'merge',
        description:
          'What becomes of finished work: merged here, pushed to the base, pushed for review, or left on its branch.',
      }),
    ),
    remote: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$',
        default: 'origin',
        description: 'The remote that `push` and `pr` use.',
      }),
    ),
    prefixes: Type.Optional(
      Type.Array(Type.String({ pattern: prefixPattern }), {
        maxItems: 50,
        default: [],
        description: 'Prefixes of the bead ids that belong here.',
      }),
    ),
  },
  'A git repository that agents work in. Without any, the project folder is the one.',
)
