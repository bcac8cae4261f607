import { watch } from 'node:fs'
import { GembaError } from '../../../model/error.ts'
import { emptyDigest, type Fact } from '../../../model/fact.ts'
import type { AttendedPane, AttendPane } from '../../../model/orchestration-plane.ts'
import { findDialog, type Dialog } from '../../dialog.ts'
import { foldFrame, initialFold, type FoldedFact, type FoldState } from '../../fold.ts'
import { readFrames, type Frame } from '../../frames.ts'
import { countTokens } from '../../transcript.ts'
import { isPaneAlive, isShown, type NativeContext } from './native-context.ts'
import { dialogNow, lookAtDialog } from './screen.ts'
import type { SessionRecord } from './session-record.ts'
import type { Pane } from './terminals.ts'

/** The fold of a session's frames up to a cursor, so that an attend goes on where the last one ended. */
export interface FoldMemory {
  readonly fence: number
  readonly cursor: number
  readonly state: FoldState
  /** Digest of the open dialog, when it was recognised on the screen; `anyDialog` when that was before our time. */
  readonly dialog: string | null
}

export interface AttendOptions {
  readonly signal: AbortSignal
  readonly beat: () => void
}

const anyDialog = ''
/** Facts of one answer; more wait for the next. */
const mostFacts = 50
const lookMs = 250
const beatMs = 500
/** While a dialog is open its screen is looked at so often: nobody tells of an answer by Escape. */
const dialogLookMs = 1_000

/** Waits for the next facts (design, "Frames: from the pane to the workflow"). Forks nothing while it waits. */
export async function attendPane(
  context: NativeContext,
  request: AttendPane,
  { signal, beat }: AttendOptions,
): Promise<AttendedPane> {
  const files = context.store.files(request.session)
  const bell = openBell(files.folder)
  const beating = setInterval(beat, beatMs)
  try {
    beat()
    let memory = recall(context, request, files.frames)
    let missing = 0
    let lookedAt = performance.now()
    for (;;) {
      signal.throwIfAborted()
      const record = chargeOf(context, request)
      const dead = record?.pane == null || !isPaneAlive(record.pane)
      const drained = await drain(context, request, record, memory)
      memory = drained.memory
      context.folds.set(request.session, memory)
      // Only after the frames that were there when it had ended: they come first.
      if (dead && !drained.more) return withGone(drained.facts, memory.cursor, await statusOf(context, record))
      if (drained.facts.length > 0) return { cursor: memory.cursor, facts: drained.facts }
      if (drained.more) continue
      if (performance.now() - lookedAt >= dialogLookMs) {
        lookedAt = performance.now()
        const first = await firstDialog(context, record, memory)
        if (first !== undefined) return withFirstDialog(context, request.session, memory, first)
        const open = !request.waiting || memory.dialog === null || (await isDialogOpen(context, record, memory.dialog))
        missing = open ? 0 : missing + 1
        if (missing >= 2) return withCleared(context, request.session, memory)
      }
      await bell.wait(lookMs, signal)
    }
  } finally {
    clearInterval(beating)
    bell.close()
  }
}

/** The record while this attempt is in charge; undefined when the host knows nothing of it. Throws `fence_stale`. */
function chargeOf(context: NativeContext, request: AttendPane): SessionRecord | undefined {
  const record = context.store.read(request.session)
  if (record !== undefined && record.fence > request.fence) {
    throw new GembaError('fence_stale', { session: request.session })
  }
  return record?.fence === request.fence && record.state === 'running' ? record : undefined
}

function recall(context: NativeContext, request: AttendPane, frames: string): FoldMemory {
  const { session, fence, cursor } = request
  const known = context.folds.get(session)
  if (known !== undefined && known.fence === fence && known.cursor === cursor) return known
  const begin = context.store.read(session)?.cursor ?? cursor
  let state = initialFold
  for (let at = begin; at < cursor;) {
    const batch = readFrames(frames, at, Math.min(1024 * 1024, cursor - at))
    if (batch.cursor === at) break
    for (const frame of batch.frames) if (frame.fence === fence) state = foldFrame(state, frame).state
    at = batch.cursor
  }
  return { fence, cursor, state, dialog: state.open === 'dialog' ? anyDialog : null }
}

interface Drained {
  readonly memory: FoldMemory
  readonly facts: readonly Fact[]
  readonly more: boolean
}

/** Reads what is there, up to a bound, and folds it. */
async function drain(
  context: NativeContext,
  request: AttendPane,
  record: SessionRecord | undefined,
  memory: FoldMemory,
): Promise<Drained> {
  const batch = readFrames(context.store.files(request.session).frames, memory.cursor)
  const facts: Fact[] = []
  let now = memory
  for (const frame of batch.frames) {
    if (facts.length >= mostFacts) return { memory: now, facts, more: true }
    // A program of an earlier attempt, or a forged one: not ours.
    if (frame.fence === request.fence) now = await foldInto(context, request, record, now, frame, facts)
    now = { ...now, cursor: frame.next }
  }
  return { memory: { ...now, cursor: batch.cursor }, facts, more: batch.more }
}

async function foldInto(
  context: NativeContext,
  request: AttendPane,
  record: SessionRecord | undefined,
  memory: FoldMemory,
  frame: Frame,
  facts: Fact[],
): Promise<FoldMemory> {
  const folded = foldFrame(memory.state, frame)
  let now: FoldMemory = {
    ...memory,
    state: folded.state,
    dialog: folded.state.open === 'dialog' ? memory.dialog : null,
  }
  for (const item of folded.facts) {
    if (item.fact.kind === 'prompt') {
      const dialog = await lookAtDialog(context, record?.pane ?? null)
      const known = memory.state.open === 'dialog'
      const seen = dialog.options.length > 0
      // The same dialog, told of again.
      if (known && (!seen || memory.dialog === anyDialog || memory.dialog === dialog.digest)) {
        now = { ...now, dialog: seen ? dialog.digest : memory.dialog }
        continue
      }
      now = { ...now, dialog: seen ? dialog.digest : null }
      if (known) facts.push({ offset: item.fact.offset, at: item.fact.at, kind: 'cleared' })
      const prompt = { title: item.fact.prompt.title, screen: dialog.text, screenDigest: dialog.digest }
      facts.push({ ...item.fact, prompt })
    } else if (item.fact.kind === 'cleared') {
      // Another of the agent's tools may have ended while its dialog still stands.
      if (memory.dialog !== null && (await isDialogOpen(context, record, memory.dialog))) {
        now = { ...now, dialog: memory.dialog, state: { ...now.state, open: 'dialog' } }
      } else if (request.waiting || facts.some((each) => each.kind === 'prompt')) facts.push(item.fact)
    } else facts.push(measured(item))
  }
  return now
}

/** The end of the work comes before the end of the turn, so both count its tokens. */
function measured({ fact, transcript }: FoldedFact): Fact {
  if ((fact.kind !== 'turn-ended' && fact.kind !== 'done') || transcript === undefined || transcript === '') return fact
  return { ...fact, digest: { ...(fact.digest ?? emptyDigest), ...countTokens(transcript) } }
}

async function isDialogOpen(
  context: NativeContext,
  record: SessionRecord | undefined,
  digest: string,
): Promise<boolean> {
  if (record?.pane == null || !isShown(context, record.pane)) return false
  const screen = await context.terminals.screen(record.pane).catch(() => undefined)
  // Not being able to look says nothing about the dialog.
  if (screen === undefined) return true
  const dialog = findDialog(screen)
  return dialog !== undefined && (digest === anyDialog || dialog.digest === digest)
}

/** Claude Code asks whether a folder is trusted before its first hook: only the screen tells of that. */
async function firstDialog(
  context: NativeContext,
  record: SessionRecord | undefined,
  memory: FoldMemory,
): Promise<Dialog | undefined> {
  const { agentSession, open, working } = memory.state
  if (record?.hooks !== 'claude_code' || agentSession !== null || open !== null || working) return undefined
  if (record.pane === null || !isShown(context, record.pane)) return undefined
  const dialog = await dialogNow(context, record.pane)
  return dialog !== undefined && dialog.options.length > 1 ? dialog : undefined
}

function withFirstDialog(context: NativeContext, session: string, memory: FoldMemory, dialog: Dialog): AttendedPane {
  context.folds.set(session, { ...memory, dialog: dialog.digest, state: { ...memory.state, open: 'dialog' } })
  const prompt = { title: 'The agent asks before it starts', screen: dialog.text, screenDigest: dialog.digest }
  return { cursor: memory.cursor, facts: [{ offset: memory.cursor, at: now(), kind: 'prompt', prompt }] }
}

function withCleared(context: NativeContext, session: string, memory: FoldMemory): AttendedPane {
  context.folds.set(session, { ...memory, dialog: null, state: { ...memory.state, open: null } })
  return { cursor: memory.cursor, facts: [{ offset: memory.cursor, at: now(), kind: 'cleared' }] }
}

function withGone(facts: readonly Fact[], cursor: number, exitStatus: number | null): AttendedPane {
  return { cursor, facts: [...facts, { offset: cursor, at: now(), kind: 'gone', exitStatus }] }
}

async function statusOf(context: NativeContext, record: SessionRecord | undefined): Promise<number | null> {
  const pane: Pane | null = record?.pane ?? null
  if (pane === null || !isShown(context, pane)) return null
  return context.terminals.exitStatus(pane).catch(() => null)
}

function now(): string {
  return new Date().toISOString()
}

/** Rings when something in the folder changed; where watching does not work, the waiter's own clock does. */
function openBell(folder: string): { wait(milliseconds: number, signal: AbortSignal): Promise<void>; close(): void } {
  let rung = false
  let wake = () => undefined as void
  const ring = () => {
    rung = true
    wake()
  }
  const watcher = watchFolder(folder, ring)
  return {
    wait: (milliseconds, signal) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          wake = () => undefined
          rung = false
          resolve()
        }
        const timer = setTimeout(done, milliseconds)
        signal.addEventListener('abort', done)
        wake = done
        if (rung || signal.aborted) done()
      }),
    close: () => watcher?.close(),
  }
}

function watchFolder(folder: string, ring: () => void): { close(): void } | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, ring)
    watcher.on('error', () => undefined)
    return watcher
  } catch {
    return undefined
  }
}
