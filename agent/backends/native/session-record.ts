import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Hooks } from '../../../model/agent.ts'
import { GembaError } from '../../../model/error.ts'
import { readFileIfAny, writeFileAtomic } from '../../atomic-file.ts'
import type { Pane } from './terminals.ts'

/** What a host knows of a session, in the session's folder; it outlives the host's process and the machine's. */
export interface SessionRecord {
  readonly schema: 1
  readonly session: string
  /** The highest fence seen. */
  readonly fence: number
  /** `starting` until the pane is known: a window may exist all the same, found by its name. */
  readonly state: 'starting' | 'running' | 'ended'
  readonly bead: string
  /** Id of the repository. */
  readonly repository: string
  /** Of the agent's program that was launched: its definition may have changed since. */
  readonly hooks: Hooks
  readonly quit: string
  readonly worktree: string
  readonly branch: string
  readonly note: string
  readonly cursor: number
  /** Of the latest launch that got as far. */
  readonly pane: Pane | null
}

type Begun = Pick<SessionRecord, 'session' | 'fence' | 'state' | 'bead' | 'repository' | 'hooks' | 'quit'>

/** The record of a session that has no pane yet. */
export function newRecord(begun: Begun): SessionRecord {
  return { schema: 1, ...begun, worktree: '', branch: '', note: '', cursor: 0, pane: null }
}

/** The files of one session, all below its folder. */
export interface SessionFiles {
  readonly folder: string
  readonly record: string
  readonly frames: string
  readonly preamble: string
  readonly settings: string
  readonly launcher: string
  /** Waiting askers and their answers (`agent/sentinels/ask-mailbox.ts`). */
  readonly asks: string
  /** What was typed, one file a key. */
  readonly typed: string
}

export interface SessionStore {
  files(session: string): SessionFiles
  read(session: string): SessionRecord | undefined
  write(record: SessionRecord): void
  all(): SessionRecord[]
}

/** Ended sessions are kept so long, for whoever still wants to read their frames. */
const keptMs = 14 * 24 * 3_600_000

/** Throws `bad_request` for ids that are not generated ones: they become paths. */
export function openSessionStore(folder: string): SessionStore {
  const root = join(folder, 'sessions')
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const files = (session: string) => {
    if (!/^[a-z0-9]{1,40}$/.test(session)) throw new GembaError('bad_request', { why: 'that is no session id' })
    return filesIn(join(root, session))
  }
  /** Only this process writes the records of its folder. */
  const known = new Map<string, SessionRecord>()
  const read = (session: string): SessionRecord | undefined => {
    const cached = known.get(session)
    if (cached !== undefined) return cached
    const text = readFileIfAny(files(session).record)
    if (text === undefined) return undefined
    const record = JSON.parse(text) as SessionRecord
    known.set(session, record)
    return record
  }
  const all = () =>
    readdirSync(root)
      .filter((name) => /^[a-z0-9]{1,40}$/.test(name))
      .flatMap((name) => read(name) ?? [])
  const forgetOld = () => {
    for (const record of all()) {
      const { folder, record: path } = files(record.session)
      const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs
      if (record.state !== 'ended' || written === undefined || Date.now() - written < keptMs) continue
      rmSync(folder, { recursive: true, force: true })
      known.delete(record.session)
    }
  }
  forgetOld()
  return {
    files,
    read,
    write(record) {
      const place = files(record.session)
      for (const each of [place.folder, place.asks, place.typed]) mkdirSync(each, { recursive: true, mode: 0o700 })
      writeFileAtomic(place.record, JSON.stringify(record, undefined, 1))
      known.set(record.session, record)
      // A host may run for months.
      if (record.state === 'ended') forgetOld()
    },
    all,
  }
}

/** A file name for a key from outside. */
export function fileNameOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32)
}

function filesIn(folder: string): SessionFiles {
  return {
    folder,
    record: join(folder, 'session.json'),
    frames: join(folder, 'frames.jsonl'),
    preamble: join(folder, 'preamble.md'),
    settings: join(folder, 'settings.json'),
    launcher: join(folder, 'launch.sh'),
    asks: join(folder, 'asks'),
    typed: join(folder, 'typed'),
  }
}
