/**
 * A fact: what a session's workflow is told of its pane. The host folds the frames that the sentinels and the agent's
 * hooks append (many) into facts (few). `offset` is the byte offset of the frame it comes from, its number for good.
 */
export type Fact = { readonly offset: number; readonly at: string } & (
  | { readonly kind: 'started'; readonly agentSession: string | null }
  | { readonly kind: 'working' }
  /** The end of a turn, not of the session. */
  | { readonly kind: 'turn-ended'; readonly digest: WorkDigest }
  /** The agent's own program asks for permission on its screen. */
  | { readonly kind: 'prompt'; readonly prompt: PermissionPrompt }
  | { readonly kind: 'ask'; readonly ask: Ask }
  /** The dialog of the last `prompt` is no longer on the screen: it was answered. */
  | { readonly kind: 'cleared' }
  | { readonly kind: 'state'; readonly state: 'ready' | 'working' | 'prompting' | 'stalled'; readonly note: string }
  | { readonly kind: 'done'; readonly bead: string | null; readonly note: string; readonly digest?: WorkDigest }
  /** The agent's program said that it ends. */
  | { readonly kind: 'ended'; readonly reason: string }
  /** The pane's process is no longer there. */
  | { readonly kind: 'gone'; readonly exitStatus: number | null }
)

export interface PermissionPrompt {
  /** One line, e.g. "Claude needs your permission to use Bash". */
  readonly title: string
  /** The dialog as it stands on the screen, escapes stripped, at most 4,000 characters. */
  readonly screen: string
  /** Digest of the dialog; an answer is typed only while the same dialog is on the screen. */
  readonly screenDigest: string
}

export interface Ask {
  readonly kind: 'question' | 'blocker'
  readonly role: 'coach' | 'manager'
  readonly title: string
  readonly text: string
  readonly options: readonly string[]
}

export interface WorkDigest {
  readonly tokensIn: number
  readonly tokensOut: number
  readonly filesChanged: number
  readonly commits: number
}

export const emptyDigest: WorkDigest = { tokensIn: 0, tokensOut: 0, filesChanged: 0, commits: 0 }
