import { GembaError } from '../../model/error.ts'
import type { EscalationView } from '../../model/escalation.ts'
import type { Commands } from '../../temporal/commands.ts'
import type { DispatchResult } from '../../temporal/contracts/dispatch.ts'

/** Commands that are only noted; the real ones stand behind the API in the end-to-end suites. */
export class MemoryCommands implements Commands {
  readonly calls: { readonly command: string; readonly request: unknown }[] = []
  refusals = new Map<string, GembaError>()
  answered: EscalationView | undefined

  async dispatch(request: Parameters<Commands['dispatch']>[0]): Promise<DispatchResult[]> {
    this.#called('dispatch', request)
    return request.items.map(({ bead }) => {
      const refusal = this.refusals.get(bead)
      return refusal === undefined
        ? { bead, admitted: true, session: `s-${bead}` }
        : { bead, admitted: false, code: refusal.code, params: refusal.params }
    })
  }

  async unpark(request: Parameters<Commands['unpark']>[0]): Promise<void> {
    this.#called('unpark', request)
  }

  async say(request: Parameters<Commands['say']>[0]): Promise<void> {
    this.#called('say', request)
  }

  async end(request: Parameters<Commands['end']>[0]): Promise<void> {
    this.#called('end', request)
  }

  async answer(request: Parameters<Commands['answer']>[0]): Promise<EscalationView> {
    this.#called('answer', request)
    if (this.answered === undefined) throw new GembaError('escalation_not_found', { escalation: request.escalation })
    return this.answered
  }

  #called(command: string, request: unknown): void {
    this.calls.push({ command, request })
  }
}
