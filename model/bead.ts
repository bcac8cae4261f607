/** A bead: one issue in a Beads database. Words and rules: `glossary.ts`; mapping to bd: facts of `bd` 4.2. */
export type StateCategory = 'backlog' | 'unstarted' | 'staged' | 'started' | 'completed'

/** The native words of Beads. A database may add custom statuses; unknown words are backlog. */
export const builtinStatuses = ['open', 'in_progress', 'blocked', 'deferred', 'closed', 'pinned', 'hooked'] as const
export const builtinTypes = [
  'bug',
  'feature',
  'task',
  'epic',
  'chore',
  'decision',
  'message',
  'molecule',
  'gate',
  'spike',
  'story',
  'milestone',
  'event',
] as const
/** Types that collect other beads, or record rather than do: never dispatched. */
export const wrapperTypes: readonly string[] = ['epic', 'milestone']
const neverDispatched: readonly string[] = [
  ...wrapperTypes,
  'decision',
  'message',
  'molecule',
  'gate',
  'event',
  'merge-request',
  'agent',
  'role',
  'rig',
  'convoy',
]

/** Edge kinds that hold a bead back (facts of `bd` 5). */
export const blockingKinds: readonly string[] = ['blocks', 'conditional-blocks', 'waits-for']

export interface Edge {
  /** The bead that depends. */
  readonly from: string
  /** What it depends on; may name a wisp, another database or `external:…`. */
  readonly to: string
  readonly kind: string
}

/** What a list or a card needs. Long texts are left out. */
export interface BeadSummary {
  readonly id: string
  readonly title: string
  readonly status: string
  readonly state: StateCategory
  /** 0 is the highest, 4 the lowest. */
  readonly priority: number
  readonly type: string
  readonly assignee: string | null
  readonly labels: readonly string[]
  readonly parent: string | null
  /** Ids of open beads that hold this one back. */
  readonly blockedBy: readonly string[]
  /** Ids of open beads that this one holds back. */
  readonly blocks: readonly string[]
  readonly ready: boolean
  readonly createdAt: string
  /** When the row itself was last written; people know it as "edited". */
  readonly updatedAt: string
  /** The newest of its row, its comments, the edges from it and its labels, as far as the database records them. */
  readonly modifiedAt: string
  readonly closedAt: string | null
  readonly deferUntil: string | null
  /** Whether it says when it is done; the text itself is long, and left out. */
  readonly hasAcceptance: boolean
  readonly commentCount: number
  /** Grows with every read of a change by the server; clients drop what is older than what they have. */
  readonly revision: number
}

export interface Comment {
  readonly id: string
  readonly author: string
  readonly text: string
  readonly createdAt: string
}

export interface BeadDetail extends BeadSummary {
  readonly description: string
  readonly design: string
  readonly acceptance: string
  readonly notes: string
  readonly owner: string
  readonly createdBy: string
  readonly closeReason: string
  readonly externalRef: string | null
  readonly estimatedMinutes: number | null
  readonly dueAt: string | null
  readonly startedAt: string | null
  readonly metadata: Readonly<Record<string, unknown>>
  readonly dependencies: readonly Edge[]
  readonly dependents: readonly Edge[]
  readonly comments: readonly Comment[]
  /** Digest of row, labels and edges; the value of `ETag` without its quotes. */
  readonly etag: string
}

/** One change of a bead, as its database remembers it. */
export interface BeadEvent {
  readonly id: string
  readonly at: string
  readonly actor: string
  /** The word of the program that wrote it: `created`, `updated`, `label_added`, … */
  readonly kind: string
  /** Columns that were set; long values are cut. `before` is null where it is not known. */
  readonly changes: readonly { readonly field: string; readonly before: string | null; readonly after: string }[]
  /** A reason or a remark; may be empty. */
  readonly text: string
}

export interface BeadHistory {
  /** Newest first. */
  readonly items: readonly BeadEvent[]
  /** Whether there were older ones than these. */
  readonly more: boolean
  /** False where the source keeps no history that can be read. */
  readonly recorded: boolean
}

/** Fields a person may set. `null` clears where the database allows it. */
export interface BeadPatch {
  readonly title?: string
  readonly description?: string
  readonly design?: string
  readonly acceptance?: string
  readonly notes?: string
  readonly status?: string
  readonly priority?: number
  readonly type?: string
  readonly assignee?: string | null
  readonly externalRef?: string | null
  readonly estimatedMinutes?: number | null
  readonly dueAt?: string | null
  readonly deferUntil?: string | null
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly addLabels?: readonly string[]
  readonly removeLabels?: readonly string[]
  readonly parent?: string | null
}

export interface NewBead extends Omit<BeadPatch, 'title' | 'removeLabels' | 'addLabels' | 'assignee'> {
  readonly title: string
  /** A chosen id; refused with `bead_exists` when taken. */
  readonly id?: string
  readonly labels?: readonly string[]
  readonly assignee?: string
  readonly dependencies?: readonly { readonly to: string; readonly kind: string }[]
}

export const stagedLabel = 'staged:true'

/** The lane a bead lies in (facts of the original, 4.2). `blocked` is a mark, not a lane. */
export function stateOf(status: string, labels: readonly string[]): StateCategory {
  switch (status) {
    case 'open':
      return labels.includes(stagedLabel) ? 'staged' : 'unstarted'
    case 'in_progress':
    case 'hooked':
    case 'pinned':
    case 'blocked':
      return 'started'
    case 'closed':
      return 'completed'
    default:
      return 'backlog'
  }
}

/** Status and label change that move a bead into `state`. `started` is never an edit: it is a dispatch. */
export function patchForState(state: Exclude<StateCategory, 'started'>): BeadPatch {
  switch (state) {
    case 'backlog':
      return { status: 'deferred', removeLabels: [stagedLabel] }
    case 'unstarted':
      return { status: 'open', removeLabels: [stagedLabel] }
    case 'staged':
      return { status: 'open', addLabels: [stagedLabel] }
    case 'completed':
      return { status: 'closed' }
  }
}

/** Whether beads of this type are ever given to an agent. */
export function isWork(type: string): boolean {
  return !neverDispatched.includes(type)
}

/** Limits of the Beads database, in bytes of UTF-8 (facts of `bd` 2.3); texts are Dolt `text` columns. */
export const limits = { title: 500, text: 65_535, label: 255, id: 255 } as const

const holderPrefix = 'gemba/'

/** The assignee of a bead that a session holds. */
export function holderOf(session: string): string {
  return holderPrefix + session
}

/** The session that an assignee names, or undefined when the bead is held by somebody else or nobody. */
export function sessionOfHolder(assignee: string | null | undefined): string | undefined {
  return assignee?.startsWith(holderPrefix) ? assignee.slice(holderPrefix.length) : undefined
}
