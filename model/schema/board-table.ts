import { Type } from 'typebox'
import { record } from './text.ts'

const numbers = (description: string) => Type.Array(Type.Integer(), { description })
const lists = (description: string) => Type.Array(Type.Array(Type.Integer()), { description })
const word = 'Numbers into `words`; -1 for none.'
const times = (from: string, none = 'for none') =>
  Type.Array(Type.Union([Type.Integer(), Type.Null()]), { description: `Seconds from ${from}; null ${none}.` })

/** `model/board-table.ts` on the wire. */
export const boardTable = record(
  'BoardTable',
  {
    event: Type.String({ description: 'The event id to follow on from: `GET /api/v1/events?after=`.' }),
    words: Type.Array(Type.String(), { description: 'Texts that come again; the ids of the beads come first.' }),
    title: Type.Array(Type.String()),
    status: numbers(word),
    state: numbers(word),
    priority: numbers('0 is the highest, 4 the lowest.'),
    type: numbers(word),
    assignee: numbers(word),
    labels: lists(word),
    parent: numbers(word),
    blockedBy: lists(word),
    blocks: lists(
      'Only rows that hold back others than those which say so in `blockedBy` and are not done: the row, and words.',
    ),
    ready: numbers('1 for beads that can be started.'),
    createdAt: numbers('Seconds from the row before, the first from 1970.'),
    updatedAt: numbers('Seconds from `createdAt`.'),
    modifiedAt: times('the row before, the first from 1970', 'where it is `updatedAt`'),
    closedAt: times('`updatedAt`'),
    deferUntil: times('1970'),
    hasAcceptance: numbers('1 for beads with acceptance criteria.'),
    commentCount: numbers('How many comments each has.'),
    revision: numbers('From the row before; the number itself grows with every change the server reads.'),
  },
  { description: 'Every bead in columns: row n of each column is of the same bead.' },
)
