import { isPaneAlive, type NativeContext } from './native-context.ts'
import type { SessionRecord } from './session-record.ts'
import type { Pane } from './terminals.ts'

/** The panes of a session: the one that is known, and windows of a launch whose end nobody saw. */
export async function panesOf(context: NativeContext, record: SessionRecord): Promise<Pane[]> {
  const left = record.state === 'starting' ? await context.terminals.find(`gmb-${record.session}-`) : []
  return [...(record.pane === null ? [] : [record.pane]), ...left]
}

/** Whether an agent of the session may still run. */
export async function isLiving(context: NativeContext, record: SessionRecord): Promise<boolean> {
  return (await panesOf(context, record)).some(isPaneAlive)
}
