import type { AgentRules } from './agent.ts'
import type { Fact } from './fact.ts'
import type { AnnouncedPane } from './host.ts'

/** What a backend can do (seed 003); read at start, shown by `GET /api/v1/capabilities`. */
export interface OrchestrationManifest {
  readonly adaptor: 'native' | 'gastown' | 'mock'
  readonly version: string
  readonly workspaceKinds: readonly ('worktree' | 'container' | 'exec')[]
  readonly peek: readonly ('transcript' | 'screen')[]
  readonly liveTerminal: boolean
  readonly input: boolean
}

/** What an agent needs to know of its bead. Untrusted text. */
export interface BeadBrief {
  readonly id: string
  readonly title: string
  readonly type: string
  readonly description: string
  readonly design: string
  readonly acceptance: string
  readonly notes: string
  readonly labels: readonly string[]
}

export interface StartPane {
  readonly project: string
  readonly session: string
  /** A host refuses a fence lower than the highest it has seen for the session (`fence_stale`). */
  readonly fence: number
  readonly bead: BeadBrief
  /** Id of the repository; the host knows where it lies. */
  readonly repository: string
  /** Name of the agent type; the host knows how it is run. */
  readonly agent: string
  readonly rules: AgentRules
  /** The agent's own conversation to go on with, from an earlier `started` fact. */
  readonly resume: string | null
}

export interface StartedPane {
  /** tmux's immutable id, for people who want to attach. */
  readonly pane: string
  readonly pid: number
  readonly worktree: string
  readonly branch: string
  /** Frames from here on belong to this launch. */
  readonly cursor: number
  /** Something the person should know, e.g. that earlier uncommitted work was found and kept. Empty when all was plain. */
  readonly note: string
}

export interface AttendPane {
  readonly session: string
  readonly fence: number
  readonly cursor: number
  /**
   * `screenDigest` of the dialog that stands on the screen, as far as recorded facts say; null when none does. What only
   * the screen tells is told whenever it differs from this, so it is told until the caller has recorded it.
   */
  readonly dialog: string | null
}

export interface AttendedPane {
  readonly cursor: number
  readonly facts: readonly Fact[]
}

export interface DeliverAnswer {
  readonly session: string
  readonly fence: number
  /** The same escalation is never typed twice into the same launch. */
  readonly escalation: string
  readonly answer:
    | { readonly kind: 'permission'; readonly approve: boolean; readonly screenDigest: string }
    /** `ask` is the offset of the ask it answers, when known; else the one that waits longest. */
    | { readonly kind: 'text'; readonly text: string; readonly ask?: number }
  readonly confirmMs: number
}

/**
 * `moot`: the dialog was no longer on the screen. `unconfirmed`: typed, but nothing showed its effect; never typed again.
 * `obstructed`: nothing was typed, because another dialog stands on the screen; to be asked for again.
 */
export type DeliveryOutcome = {
  readonly outcome: 'delivered' | 'moot' | 'unconfirmed' | 'obstructed'
  readonly note: string
}

export interface SayToPane {
  readonly session: string
  readonly fence: number
  /** The same key is typed once; again into the next launch when it was under way as its pane died. */
  readonly key: string
  readonly text: string
}

export interface Integrate {
  readonly session: string
  readonly fence: number
  readonly bead: string
  readonly title: string
  readonly repository: string
  /** The answer to an earlier escalation: commit what is dirty, or leave it out. */
  readonly dirty: 'refuse' | 'commit' | 'discard'
}

/** Repeat-safe: once integrated, it answers `integrated` again. */
export type IntegrateOutcome =
  /** `commit` is the base's commit that holds the work; null when there was nothing to integrate. */
  | {
      readonly outcome: 'integrated'
      readonly commit: string | null
      readonly commits: number
      readonly filesChanged: number
    }
  | { readonly outcome: 'dirty'; readonly files: readonly string[] }
  | { readonly outcome: 'conflict'; readonly files: readonly string[] }
  /** The base could not be moved: its own checkout has changes in the way, the remote refused, … */
  | { readonly outcome: 'blocked'; readonly why: string }
  /** Policy `pr`: the branch is pushed and waits to be merged. */
  | { readonly outcome: 'review'; readonly branch: string; readonly url: string | null }

export interface EndPane {
  readonly session: string
  readonly fence: number
  readonly repository: string
  readonly bead: string
  readonly graceMs: number
  /** Remove the worktree when that loses nothing: clean, and reachable from the base or a remote. */
  readonly removeWorktree: boolean
  /** Only when the bead's work is integrated, looked at in the same act; a living pane is `refused` otherwise. */
  readonly onlyIntegrated?: boolean
}

export interface EndedPane {
  /** `refused`: nothing was done. */
  readonly how: 'quit' | 'killed' | 'absent' | 'refused'
  readonly worktree: 'removed' | 'kept' | 'absent'
  readonly note: string
}

/** Where a viewer's terminal begins, then its bytes. */
export interface TerminalSnapshot {
  readonly columns: number
  readonly rows: number
  /** The screen and its scroll-back as terminal bytes. */
  readonly screen: string
}

export type TerminalListener = (session: string, bytes: Uint8Array) => void

/**
 * Runs agents on one host. Every method is repeat-safe and refuses lower fences with `fence_stale`.
 * Implementations pass `test/conformance/orchestration-plane.ts`.
 */
export interface OrchestrationPlane {
  manifest(): OrchestrationManifest
  start(request: StartPane): Promise<StartedPane>
  /** Waits for the next facts; calls `beat` at least once a second; an aborted signal rejects. */
  attend(request: AttendPane, options: { signal: AbortSignal; beat: () => void }): Promise<AttendedPane>
  deliver(request: DeliverAnswer): Promise<DeliveryOutcome>
  say(request: SayToPane): Promise<DeliveryOutcome>
  integrate(request: Integrate): Promise<IntegrateOutcome>
  end(request: EndPane): Promise<EndedPane>
  /** Panes of sessions that were not ended here, also of starts whose end nobody saw. */
  panes(): Promise<AnnouncedPane[]>
  /** The last `lines` lines of the screen as plain text. `pane_gone` when there is none. */
  peek(session: string, lines: number): Promise<string>
  terminal(session: string): Promise<TerminalSnapshot>
  /**
   * Live bytes of one session's pane, or of all; returns the release. Listening starts no process, and panes that
   * nobody listens to cost nothing. An empty chunk marks where a `terminal` snapshot was taken.
   */
  watch(listener: TerminalListener, session?: string): () => void
  /** Raw keys from a viewer who has taken control. */
  keys(session: string, bytes: Uint8Array): Promise<void>
  resize(session: string, columns: number, rows: number): Promise<void>
  /** Lets go of everything but leaves panes running. */
  close(): Promise<void>
}
