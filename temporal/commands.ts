import type { Actor } from '../model/actor.ts'
import type { EscalationView } from '../model/escalation.ts'
import type { DispatchItem, DispatchResult } from './contracts/dispatch.ts'

/**
 * The only caller of the Temporal client: whatever starts, steers or stops durable work goes through here.
 * `key` is the nonce id: the same key has its effect once and answers the same again.
 */
export interface Commands {
  dispatch(request: { items: readonly DispatchItem[]; key: string; actor: Actor }): Promise<DispatchResult[]>
  unpark(request: { bead: string; key: string; actor: Actor }): Promise<void>
  say(request: { session: string; text: string; key: string; actor: Actor }): Promise<void>
  /** `completed`: close as it stands and keep the work; `canceled`: stop and give the bead back. */
  end(request: { session: string; mode: 'completed' | 'canceled'; key: string; actor: Actor }): Promise<void>
  /** First answer wins; a later one throws `already_decided` with `by` and `at`. */
  answer(request: {
    escalation: string
    value: string
    text: string
    key: string
    actor: Actor
  }): Promise<EscalationView>
}
