import { describe, expectTypeOf, it } from 'vitest'
import type { Static } from 'typebox'
import type { BeadDetail, BeadHistory, BeadPatch, BeadSummary, NewBead } from '../bead.ts'
import type { EscalationView } from '../escalation.ts'
import type { GembaEvent } from '../event.ts'
import type { HostMessage } from '../host-stream.ts'
import type { HostView } from '../host.ts'
import type { ManifestEntry, ManifestWarning } from '../manifest.ts'
import type { TerminalSnapshot } from '../orchestration-plane.ts'
import type { SessionView } from '../session.ts'
import type { beadDetail, beadHistory, beadPatch, beadSummary, newBead } from './bead.ts'
import type { escalationView } from './escalation.ts'
import type { gembaEvent } from './event.ts'
import type { hostMessage, terminalSnapshot } from './host-stream.ts'
import type { hostView } from './host.ts'
import type { manifestEntry, manifestWarning } from './manifest.ts'
import type { sessionView } from './session.ts'

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T

/** Checked by `tsc`: what the wire says is what the model says, both ways. */
describe('the schemas of the wire', () => {
  it('say what the model says', () => {
    expectTypeOf<Frozen<Static<typeof beadSummary>>>().toEqualTypeOf<Frozen<BeadSummary>>()
    expectTypeOf<Frozen<Static<typeof beadDetail>>>().toEqualTypeOf<Frozen<BeadDetail>>()
    expectTypeOf<Frozen<Static<typeof beadHistory>>>().toEqualTypeOf<Frozen<BeadHistory>>()
    expectTypeOf<Frozen<Static<typeof beadPatch>>>().toEqualTypeOf<Frozen<BeadPatch>>()
    expectTypeOf<Frozen<Static<typeof newBead>>>().toEqualTypeOf<Frozen<NewBead>>()
    expectTypeOf<Frozen<Static<typeof sessionView>>>().toEqualTypeOf<Frozen<SessionView>>()
    expectTypeOf<Frozen<Static<typeof escalationView>>>().toEqualTypeOf<Frozen<EscalationView>>()
    expectTypeOf<Frozen<Static<typeof hostView>>>().toEqualTypeOf<Frozen<HostView>>()
    expectTypeOf<Frozen<Static<typeof hostMessage>>>().toEqualTypeOf<Frozen<HostMessage>>()
    expectTypeOf<Frozen<Static<typeof terminalSnapshot>>>().toEqualTypeOf<Frozen<TerminalSnapshot>>()
    expectTypeOf<Frozen<Static<typeof manifestEntry>>>().toEqualTypeOf<Frozen<ManifestEntry>>()
    expectTypeOf<Frozen<Static<typeof manifestWarning>>>().toEqualTypeOf<Frozen<ManifestWarning>>()
    expectTypeOf<Frozen<Static<typeof gembaEvent>>>().toExtend<Frozen<GembaEvent>>()
  })
})
