import { emptyDigest, type Fact, type PermissionPrompt } from '../../../model/fact.ts'
import type { AttendedPane, AttendPane } from '../../../model/orchestration-plane.ts'
import { findDialog, isRecognised } from '../../dialog.ts'
import { dialogTitle, foldFrame, initialFold, type FoldedFact, type FoldState } from '../../fold.ts'
import { readFrames, type Frame } from '../../frames.ts'
import { countTokens } from '../../transcript.ts'
import { isShown, type NativeContext } from './native-context.ts'
import { dialogNow, lookAtDialog } from './screen.ts'
import type { SessionRecord } from './session-record.ts'

/** Facts of one answer; more wait for the next. */
const mostFacts = 50
/** A dialog is gone when it was missed so often: a screen that is being drawn may lack it for a moment. */
const mostMisses = 2

/**
 * What one attend has to tell: what the frames behind its cursor say, and where the screen differs from the dialog that
 * the caller knows of. Nothing of the screen is remembered from attend to attend, so what the caller did not record is
 * told again, by whatever process attends next.
 */
export class PaneFacts {
  readonly #context: NativeContext
  readonly #request: AttendPane
  readonly #facts: Fact[] = []
  #cursor: number
  #state: FoldState
  /** Digest of the dialog that the caller knows of once it has recorded the facts. */
  #told: string | null
  #misses = 0

  constructor(context: NativeContext, request: AttendPane) {
    this.#context = context
    this.#request = request
    this.#cursor = request.cursor
    this.#state = foldedState(context, request)
    this.#told = request.dialog
  }

  /** What has been found so far; undefined while there is nothing to tell. */
  get answer(): AttendedPane | undefined {
    return this.#facts.length === 0 ? undefined : { cursor: this.#cursor, facts: [...this.#facts] }
  }

  /** What has been found, and that the pane is gone. */
  gone(exitStatus: number | null): AttendedPane {
    const offset = this.#cursor
    return { cursor: offset, facts: [...this.#facts, { offset, at: now(), kind: 'gone', exitStatus }] }
  }

  /** Reads the frames that are there, up to a bound; false when there are more. */
  async drain(record: SessionRecord | undefined): Promise<boolean> {
    const { session, fence } = this.#request
    const batch = readFrames(this.#context.store.files(session).frames, this.#cursor)
    for (const frame of batch.frames) {
      if (this.#facts.length >= mostFacts) return false
      // A program of an earlier attempt, or a forged one: not ours.
      if (frame.fence === fence) await this.#fold(record, frame)
      this.#advance(frame.next)
    }
    this.#advance(batch.cursor)
    return !batch.more
  }

  /** Compares the screen with what the caller knows. */
  async look(record: SessionRecord | undefined): Promise<void> {
    if (this.#told === null) return this.#lookForDialog(record)
    if (!isRecognised(this.#told)) return
    this.#misses = (await this.#stands(record, this.#told)) ? 0 : this.#misses + 1
    if (this.#misses >= mostMisses) this.#clear(this.#cursor, now())
  }

  #advance(cursor: number): void {
    this.#cursor = cursor
    const { session, fence } = this.#request
    this.#context.folds.set(session, { fence, cursor, state: this.#state })
  }

  async #fold(record: SessionRecord | undefined, frame: Frame): Promise<void> {
    const folded = foldFrame({ ...this.#state, dialog: this.#told !== null }, frame)
    this.#state = foldFrame(this.#state, frame).state
    for (const each of folded.facts) {
      const { fact } = each
      if (fact.kind === 'prompt') await this.#prompt(record, fact, fact.prompt.title)
      else if (fact.kind === 'cleared') await this.#clearUnlessStanding(record, fact)
      else this.#facts.push(measured(each))
    }
  }

  async #prompt(record: SessionRecord | undefined, at: Pick<Fact, 'offset' | 'at'>, title: string): Promise<void> {
    const dialog = await lookAtDialog(this.#context, record?.pane ?? null)
    // The same dialog, told of again.
    if (this.#told !== null && (!isRecognised(dialog.digest) || dialog.digest === this.#told)) return
    if (this.#told !== null) this.#clear(at.offset, at.at)
    this.#tell(at, { title, screen: dialog.text, screenDigest: dialog.digest })
  }

  /** Another of the agent's tools may have ended while its dialog still stands. */
  async #clearUnlessStanding(record: SessionRecord | undefined, { offset, at }: Fact): Promise<void> {
    if (this.#told === null || (await this.#stands(record, this.#told))) return
    this.#clear(offset, at)
  }

  /**
   * A dialog that no frame tells of: Claude Code asks whether a folder is trusted before its first hook. Or one whose
   * frame was read before, and of which the caller does not know.
   */
  async #lookForDialog(record: SessionRecord | undefined): Promise<void> {
    const { agentSession, working, dialog } = this.#state
    if (!dialog && (agentSession !== null || working)) return
    if (record?.hooks !== 'claude_code' || record.pane === null || !isShown(this.#context, record.pane)) return
    const seen = await dialogNow(this.#context, record.pane)
    if (seen === undefined || seen.options.length < 2) return
    const prompt = { title: dialogTitle(this.#state), screen: seen.text, screenDigest: seen.digest }
    this.#tell({ offset: this.#cursor, at: now() }, prompt)
  }

  #tell({ offset, at }: Pick<Fact, 'offset' | 'at'>, prompt: PermissionPrompt): void {
    this.#facts.push({ offset, at, kind: 'prompt', prompt })
    this.#told = prompt.screenDigest
    this.#misses = 0
  }

  /** A dialog that came and went before anybody was told of it is no fact. */
  #clear(offset: number, at: string): void {
    this.#told = null
    this.#misses = 0
    const untold = this.#facts.findLastIndex((fact) => fact.kind === 'prompt')
    if (untold >= 0) this.#facts.splice(untold, 1)
    else this.#facts.push({ offset, at, kind: 'cleared' })
  }

  async #stands(record: SessionRecord | undefined, digest: string): Promise<boolean> {
    if (record?.pane == null || !isShown(this.#context, record.pane)) return false
    const screen = await this.#context.terminals.screen(record.pane).catch(() => undefined)
    // Not being able to look says nothing about the dialog.
    return screen === undefined || findDialog(screen)?.digest === digest
  }
}

/** What the frames up to the cursor say, read again when another process read them before. */
function foldedState(context: NativeContext, { session, fence, cursor }: AttendPane): FoldState {
  const known = context.folds.get(session)
  if (known !== undefined && known.fence === fence && known.cursor === cursor) return known.state
  const path = context.store.files(session).frames
  let state = initialFold
  for (let at = context.store.read(session)?.cursor ?? cursor; at < cursor;) {
    const batch = readFrames(path, at, Math.min(1024 * 1024, cursor - at))
    if (batch.cursor === at) break
    for (const frame of batch.frames) if (frame.fence === fence) state = foldFrame(state, frame).state
    at = batch.cursor
  }
  return state
}

/** The end of the work comes before the end of the turn, so both count its tokens. */
function measured({ fact, transcript }: FoldedFact): Fact {
  if ((fact.kind !== 'turn-ended' && fact.kind !== 'done') || transcript === undefined || transcript === '') return fact
  return { ...fact, digest: { ...(fact.digest ?? emptyDigest), ...countTokens(transcript) } }
}

function now(): string {
  return new Date().toISOString()
}
