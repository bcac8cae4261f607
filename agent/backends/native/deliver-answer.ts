import { setTimeout as pause } from 'node:timers/promises'
import { GembaError } from '../../../model/error.ts'
import type { DeliverAnswer, DeliveryOutcome, SayToPane } from '../../../model/orchestration-plane.ts'
import { isRunning } from '../../../runtime/process-identity.ts'
import { answerKey, findDialog } from '../../dialog.ts'
import { framesLength, readFrames } from '../../frames.ts'
import { isTaken, listWaiters, putAnswer, withdrawAnswer } from '../../sentinels/ask-mailbox.ts'
import { isPaneAlive, livePaneOf, type NativeContext } from './native-context.ts'
import { dialogNow } from './screen.ts'
import type { SessionRecord } from './session-record.ts'
import type { Pane } from './terminals.ts'
import { typedEntry, type TypedEntry } from './typed-ledger.ts'

type LiveRecord = SessionRecord & { pane: Pane }

const lookMs = 50
/** A dialog that is just being drawn differs for a moment. */
const matchLooks = 4
/** How long a text waits for a dialog to be answered before it would be typed into it. */
const sayWaitMs = 5_000
/** Claude Code breaks its turn off at a no and waits. This sends it on, unless it went on by itself meanwhile. */
const afterNo =
  'A person did not allow that. Go on without it, or ask with gemba-ask; when nothing can go on, run `gemba-state stalled` with a note.'
const noSettleMs = 1_000
const clearing = new Set(['UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'Stop'])
const submitted = new Set(['UserPromptSubmit'])

/**
 * Carries an answer to the agent, at most once a launch (design, "Frames: from the pane to the workflow"): a question is
 * answered again only when the agent that was launched anew has asked it again.
 */
export async function deliverAnswer(context: NativeContext, request: DeliverAnswer): Promise<DeliveryOutcome> {
  const entry = typedEntry(context.store.files(request.session).typed, `answer ${request.escalation}`, request.fence)
  const earlier = entry.read()
  if (earlier?.stage === 'settled') return earlier.outcome
  const record = livePaneOf(context, request.session, request.fence)
  const { answer, confirmMs } = request
  if (answer.kind === 'permission') {
    return deliverPermission(context, record, entry, { ...answer, confirmMs })
  }
  const event = earlier?.stage === 'mailbox' ? earlier.event : waitingEvent(context, record, answer.ask)
  if (earlier?.stage !== 'typing' && event !== undefined) {
    const taken = await deliverToWaiter(context, record, entry, { event, text: answer.text, confirmMs })
    if (taken !== undefined) return taken
  }
  return typeText(context, record, entry, { text: answer.text, confirmMs })
}

/** Types what a person wants to tell the agent, once per key; again only when the pane died before it was settled. */
export async function sayToPane(context: NativeContext, request: SayToPane): Promise<DeliveryOutcome> {
  const entry = typedEntry(context.store.files(request.session).typed, `say ${request.key}`, request.fence)
  const earlier = entry.outcome()
  if (earlier !== undefined) return earlier
  const record = livePaneOf(context, request.session, request.fence)
  return typeText(context, record, entry, { text: request.text, confirmMs: sayWaitMs })
}

async function deliverPermission(
  context: NativeContext,
  record: LiveRecord,
  entry: TypedEntry,
  answer: { approve: boolean; screenDigest: string; confirmMs: number },
): Promise<DeliveryOutcome> {
  const stands = async () => (await dialogNow(context, record.pane))?.digest === answer.screenDigest
  if (entry.read()?.stage === 'typing') {
    if (await stands())
      return entry.settle('unconfirmed', 'The answer may have been typed, but the dialog still stands.')
    return entry.settle('delivered', 'The dialog is no longer on the screen.')
  }
  const dialog = await matchingDialog(context, record.pane, answer.screenDigest)
  if (dialog === undefined) return entry.settle('moot', 'The dialog was no longer on the screen.')
  requireAlive(record)
  const begin = framesLength(context.store.files(record.session).frames)
  entry.write({ stage: 'typing' })
  await context.terminals.press(record.pane, Buffer.from(answerKey(dialog, answer.approve)))
  let gone = 0
  const effect = await until(answer.confirmMs, async () => {
    gone = (await stands()) ? 0 : gone + 1
    return gone >= 2 || (gone > 0 && hasFrame(context, record, begin, clearing))
  })
  if (effect && !answer.approve) await sendOn(context, record, begin)
  if (effect) return entry.settle('delivered', '')
  return entry.settle('unconfirmed', 'The key was typed, but the dialog still stands on the screen.')
}

async function sendOn(context: NativeContext, record: LiveRecord, begin: number): Promise<void> {
  // A no to a question before the first hook ends the program.
  if (record.hooks !== 'claude_code' || begin === record.cursor) return
  if (await until(noSettleMs, () => Promise.resolve(hasFrame(context, record, begin, clearing)))) return
  if (isPaneAlive(record.pane) && !(await showsChoices(context, record.pane))) {
    await context.terminals.type(record.pane, afterNo)
  }
}

async function matchingDialog(context: NativeContext, pane: Pane, digest: string) {
  for (let look = 0; look < matchLooks; look += 1) {
    if (look > 0) await pause(lookMs * 3)
    const dialog = await dialogNow(context, pane)
    if (dialog?.digest === digest) return dialog
  }
  return undefined
}

/** Undefined when the waiter is gone and it is certain that it will never read the answer. */
async function deliverToWaiter(
  context: NativeContext,
  record: LiveRecord,
  entry: TypedEntry,
  answer: { event: string; text: string; confirmMs: number },
): Promise<DeliveryOutcome | undefined> {
  const { asks } = context.store.files(record.session)
  entry.write({ stage: 'mailbox', event: answer.event })
  if (!isTaken(asks, answer.event)) putAnswer(asks, answer.event, answer.text)
  await until(answer.confirmMs, () => Promise.resolve(isTaken(asks, answer.event)))
  if (!isTaken(asks, answer.event) && withdrawAnswer(asks, answer.event)) return undefined
  return entry.settle('delivered', '')
}

/** The ask that waits for this answer in a process of its own, if one does. */
function waitingEvent(context: NativeContext, record: LiveRecord, ask: number | undefined): string | undefined {
  const files = context.store.files(record.session)
  const waiters = listWaiters(files.asks).filter((waiter) => waiter.fence === record.fence && isRunning(waiter.pid))
  if (ask === undefined) return waiters[0]?.event
  const asked = readFrames(files.frames, ask, 128 * 1024).frames[0]
  return waiters.find((waiter) => waiter.event === asked?.event)?.event
}

async function typeText(
  context: NativeContext,
  record: LiveRecord,
  entry: TypedEntry,
  { text, confirmMs }: { text: string; confirmMs: number },
): Promise<DeliveryOutcome> {
  if (entry.read()?.stage === 'typing') {
    return entry.settle('unconfirmed', 'The text may have been typed before the host was interrupted.')
  }
  const hooked = record.hooks === 'claude_code'
  if (hooked && !(await until(confirmMs, async () => !(await showsChoices(context, record.pane))))) {
    // Not settled: nothing was typed, so it can be asked for again.
    return { outcome: 'obstructed', note: 'A dialog stands on the screen; the text was not typed into it.' }
  }
  requireAlive(record)
  const begin = framesLength(context.store.files(record.session).frames)
  entry.write({ stage: 'typing' })
  await context.terminals.type(record.pane, text)
  const heard = !hooked || (await until(confirmMs, async () => hasFrame(context, record, begin, submitted)))
  if (!hooked || !heard) requireAlive(record)
  if (heard) return entry.settle('delivered', '')
  return entry.settle('unconfirmed', 'The text was typed, but the agent has not said that it took it.')
}

/** tmux takes keys for a program that has ended without a word; nobody reads them. */
function requireAlive({ session, pane }: LiveRecord): void {
  if (!isPaneAlive(pane)) throw new GembaError('pane_gone', { session })
}

async function showsChoices(context: NativeContext, pane: Pane): Promise<boolean> {
  const screen = await context.terminals.screen(pane)
  return findDialog(screen)?.text.includes('?') === true
}

function hasFrame(context: NativeContext, record: LiveRecord, begin: number, hooks: ReadonlySet<string>): boolean {
  const { frames } = readFrames(context.store.files(record.session).frames, begin)
  return frames.some((frame) => frame.fence === record.fence && hooks.has(frame.hook))
}

async function until(limitMs: number, holds: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + limitMs
  for (;;) {
    if (await holds()) return true
    if (performance.now() >= end) return false
    await pause(lookMs)
  }
}
