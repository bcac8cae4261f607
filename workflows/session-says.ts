import { condition, sleep } from '@temporalio/workflow'
import { failureOf } from './failure.ts'
import { revised } from './revised.ts'
import type { SessionContext } from './session-context.ts'
import { takesInput, unheardCodes } from './session-questions.ts'

/** Types what people say into the pane, one after the other, for as long as the session lives. */
export async function deliverSays(context: SessionContext): Promise<never> {
  const { state } = context
  for (;;) {
    await condition(() => state.says.length > 0 && takesInput(state))
    const next = state.says[0]
    if (next === undefined) continue
    const { id: session, fence } = state.view
    const said = await context.host.sayToPane({ session, fence, ...next }).catch(failureOf)
    if ('code' in said && unheardCodes.includes(said.code) && revised()) {
      // The pane is gone: the agent of the next one hears it.
      context.lookAgain = true
      await condition(() => state.view.fence !== fence, state.timing.obstructed)
      continue
    }
    if ('outcome' in said && said.outcome === 'obstructed') {
      await sleep(state.timing.obstructed)
      continue
    }
    if ('code' in said && !unheardCodes.includes(said.code)) {
      await sleep(state.timing.obstructed)
      continue
    }
    state.says = state.says.slice(1)
    if ('code' in said) context.show({ note: said.message })
  }
}
