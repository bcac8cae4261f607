import type { ApiDeps } from './api-deps.ts'
import type { Confirm } from './confirm.ts'
import type { EventStreams } from './event-streams.ts'
import type { SignIn } from './sign-in.ts'

/** What the routes work with. They touch it only when a request comes. */
export interface ApiParts {
  readonly deps: ApiDeps
  readonly confirm: Confirm
  readonly streams: EventStreams
  readonly signIn: SignIn
}
