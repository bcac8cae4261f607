/** Names for shapes of the published contract that are not in the model. */
import type { components } from './schema.generated.ts'

type Schemas = components['schemas']

export type Capabilities = Schemas['Capabilities']
export type ModeStatus = Schemas['ModeStatus']
export type Parked = Schemas['ParkedBead']
export type ImportStatus = Schemas['BeadsImport']
export type ImportLine = Schemas['BeadsImportLine']
export type ImportPage = Schemas['BeadsImportLines']
export type Health = Schemas['Health']
export type EndMode = Schemas['SessionEnd']['mode']

/** `application/problem+json`, as the server words it; `server_unreachable` when there is no server. */
export interface Problem {
  readonly code: string
  /** What happened, for a person. */
  readonly detail: string
  /** What to do about it. */
  readonly mend: string
  readonly status: number
  readonly params: Readonly<Record<string, string>>
}
