import { GembaError } from '../../../model/error.ts'
import type { AttendedPane, AttendPane } from '../../../model/orchestration-plane.ts'
import { openFolderBell } from './folder-bell.ts'
import { isPaneAlive, isShown, type NativeContext } from './native-context.ts'
import { PaneFacts } from './pane-facts.ts'
import type { SessionRecord } from './session-record.ts'

export interface AttendOptions {
  readonly signal: AbortSignal
  readonly beat: () => void
}

const lookMs = 250
const beatMs = 500
/** The screen is looked at so often where it may differ from what was told: nobody tells of an answer by Escape. */
const screenLookMs = 1_000

/** Waits for the next facts (design, "Frames: from the pane to the workflow"). Forks nothing while it waits. */
export async function attendPane(
  context: NativeContext,
  request: AttendPane,
  { signal, beat }: AttendOptions,
): Promise<AttendedPane> {
  const bell = openFolderBell(context.store.files(request.session).folder)
  const beating = setInterval(beat, beatMs)
  try {
    beat()
    const found = new PaneFacts(context, request)
    let lookedAt = performance.now()
    for (;;) {
      signal.throwIfAborted()
      const record = chargeOf(context, request)
      const dead = record?.pane == null || !isPaneAlive(record.pane)
      const drained = await found.drain(record)
      // Only after the frames that were there when it had ended: they come first.
      if (dead && drained) return found.gone(await statusOf(context, record))
      if (found.answer !== undefined) return found.answer
      if (!drained) continue
      if (performance.now() - lookedAt >= screenLookMs) {
        lookedAt = performance.now()
        await found.look(record)
        if (found.answer !== undefined) return found.answer
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

async function statusOf(context: NativeContext, record: SessionRecord | undefined): Promise<number | null> {
  const pane = record?.pane ?? null
  if (pane === null || !isShown(context, pane)) return null
  return context.terminals.exitStatus(pane).catch(() => null)
}
