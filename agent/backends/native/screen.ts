import { setTimeout as pause } from 'node:timers/promises'
import { bottomOf, findDialog, type Dialog } from '../../dialog.ts'
import { isShown, type NativeContext } from './native-context.ts'
import type { Pane } from './terminals.ts'

/** A dialog is drawn a moment after the agent's program has told of it. */
const drawMs = 2_000
const lookMs = 50

/** The dialog on a pane's screen, waited for a moment; else what stands at the screen's bottom. */
export async function lookAtDialog(context: NativeContext, pane: Pane | null): Promise<Dialog> {
  const end = performance.now() + drawMs
  for (;;) {
    const screen = await screenOf(context, pane)
    const dialog = screen === undefined ? undefined : findDialog(screen)
    if (dialog !== undefined) return dialog
    if (screen === undefined || performance.now() >= end) return bottomOf(screen ?? '')
    await pause(lookMs)
  }
}

/** The dialog that stands there now, in the same terms as `lookAtDialog`; undefined when the screen can not be seen. */
export async function dialogNow(context: NativeContext, pane: Pane): Promise<Dialog | undefined> {
  const screen = await screenOf(context, pane)
  return screen === undefined ? undefined : (findDialog(screen) ?? bottomOf(screen))
}

async function screenOf(context: NativeContext, pane: Pane | null): Promise<string | undefined> {
  if (pane === null || !isShown(context, pane)) return undefined
  return context.terminals.screen(pane).catch(() => undefined)
}
