import { Type } from 'typebox'
import { instant, record } from './text.ts'
import { newSession } from './session.ts'

export const dispatchItem = newSession

export const dispatchRequest = record('DispatchRequest', {
  items: Type.Array(dispatchItem, { minItems: 1, maxItems: 100 }),
})

export const dispatchAnswer = record('DispatchAnswer', {
  results: Type.Array(
    Type.Union([
      record('Admitted', { bead: Type.String(), admitted: Type.Literal(true), session: Type.String() }),
      record('Refused', {
        bead: Type.String(),
        admitted: Type.Literal(false),
        code: Type.String(),
        params: Type.Record(Type.String(), Type.String()),
        message: Type.String(),
        mend: Type.String(),
      }),
    ]),
    { description: 'One a bead, in the order of the request.' },
  ),
})

export const parkedBead = record('ParkedBead', { bead: Type.String(), why: Type.String(), since: instant })
export const parkedList = record('ParkedList', { items: Type.Array(parkedBead) })
