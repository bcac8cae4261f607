import { nothingPublished } from '../temporal/contracts/publishing.ts'
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { system } from '../model/actor.ts'
import type { HostStatus, HostView } from '../model/host.ts'
import { dispatchWorkflowId, hostState } from '../temporal/contracts/dispatch.ts'
import { hostAnnounced, hostSilent, hostWorkflowId, type HostState } from '../temporal/contracts/host.ts'
import { startPublisher } from './publisher.ts'

/** `host/<id>`: online, degraded after a while of silence, then offline. Only edges come as signals. */
export async function host(state: HostState): Promise<void> {
  const id = state.view.id
  const publisher = startPublisher(state.publishing, hostWorkflowId(id), state.timing.serverActivity, () => ({
    kind: 'host',
    id,
    project: state.project,
    schema: 1,
    open: true,
    view: state.view,
    state: { ...state, publishing: nothingPublished(Date.now()) },
  }))
  let edge = false
  const show = async (change: Partial<HostView>): Promise<void> => {
    state.view = { ...state.view, ...change }
    const { status, slots } = state.view
    await getExternalWorkflowHandle(dispatchWorkflowId(state.project))
      .signal(hostState, { id, status, slots })
      .catch(() => undefined)
    publisher.changed({ kind: 'host.changed', host: state.view }, system)
  }

  setHandler(hostAnnounced, async ({ kinds, slots, version, at }) => {
    state.silentSince = null
    edge = true
    await show({ status: 'online', kinds, slots, version, lastSeen: at })
  })
  setHandler(hostSilent, ({ since }) => {
    // A report that was under way while the host came back.
    if (state.view.lastSeen !== null && since < Date.parse(state.view.lastSeen)) return
    state.silentSince ??= since
    edge = true
  })

  for (;;) {
    const next = nextStep(state)
    if (next === undefined) await condition(() => edge || workflowInfo().continueAsNewSuggested)
    else if (!(await condition(() => edge, Math.max(1, next.at - Date.now())))) await show({ status: next.status })
    edge = false
    if (workflowInfo().continueAsNewSuggested) {
      await publisher.drained()
      await condition(allHandlersFinished)
      await continueAsNew<typeof host>(state)
    }
  }
}

/** What silence makes of the host next, and when. */
function nextStep(state: HostState): { status: HostStatus; at: number } | undefined {
  const since = state.silentSince
  if (since === null || state.view.status === 'revoked') return undefined
  if (state.view.status === 'online') return { status: 'degraded', at: since + state.timing.degraded }
  if (state.view.status === 'degraded') return { status: 'offline', at: since + state.timing.offline }
  return undefined
}
