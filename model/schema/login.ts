import { Type } from 'typebox'
import { instant, parameters, record } from './text.ts'

export const login = record('Login', { token: Type.String({ minLength: 1, maxLength: 512 }) })

export const loginAnswer = record('SignIn', {
  secret: Type.String({ description: 'Send it in `X-GEMBA-Browser`. Empty where nobody has to sign in.' }),
})

export const ticketRequest = record('TicketRequest', {
  path: Type.String({ pattern: '^/api/v1/', maxLength: 2048, description: 'What will be opened, without a query.' }),
})

export const ticketAnswer = record('Ticket', { ticket: Type.String(), expiresAt: instant })

const ticket = Type.Optional(
  Type.String({ maxLength: 128, description: 'From `POST /api/v1/tickets`, where `X-GEMBA-Browser` can not be sent.' }),
)

/** The query of a stream or socket that takes tickets. */
export const ticketQuery = parameters({ ticket })
export const ticketField = { ticket }
