import type { AnnouncedPane } from './host.ts'

/** A bead whose assignee names a Gemba session and that is not closed. */
export interface HeldBead {
  readonly bead: string
  readonly session: string
  /** Whether this Gemba has a record of the session; another one may work on the same database. */
  readonly known: boolean
  /** Whether the session's work is in its base. */
  readonly integrated: boolean
}

/** A session whose workflow runs, as it last published itself. */
export interface OpenSession {
  readonly session: string
  readonly bead: string
  readonly host: string
  /** Whether it should have a pane and hold its bead by now. */
  readonly attending: boolean
  /** Whether the record says that it is over: its workflow is from before, as in a Temporal that was restored. */
  readonly over: boolean
}

/** What the record says is open. */
export interface OpenRecord {
  readonly kind: 'session' | 'escalation' | 'host'
  readonly id: string
  /** Whether its workflow runs. */
  readonly running: boolean
}

export interface HostPane extends AnnouncedPane {
  readonly host: string
}

export type ReconcileAction =
  /** Row 2: look at the pane again; the session launches it anew when it is gone. */
  | { readonly kind: 'reattach'; readonly session: string }
  /** Row 3: back to open, if it is still ours. */
  | { readonly kind: 'release'; readonly bead: string; readonly session: string }
  /** Row 3, when its work is in: closed, if it is still ours. */
  | { readonly kind: 'close'; readonly bead: string; readonly session: string }
  /** Row 3, when the session is perhaps another Gemba's: a person decides. */
  | { readonly kind: 'unknown-holder'; readonly bead: string; readonly session: string }
  /** Row 4, when its work looked integrated; the host looks again before it ends anything, else a person decides. */
  | { readonly kind: 'end-pane'; readonly pane: HostPane }
  /** Rows 4 and 6: a person decides. */
  | { readonly kind: 'stray'; readonly pane: HostPane; readonly bead: string | null }
  /** Row 5. */
  | { readonly kind: 'bead-moved'; readonly session: string; readonly bead: string }
  /** A seat of the dispatcher whose session is no more. */
  | { readonly kind: 'free-seat'; readonly session: string; readonly bead: string }
  /** A question that nobody needs answered any more. */
  | { readonly kind: 'moot'; readonly escalation: string; readonly why: string }
  /** Something that is recorded as open has no workflow any more. */
  | { readonly kind: 'lost'; readonly record: OpenRecord }
  /** The workflow of a session that is over. */
  | { readonly kind: 'relic'; readonly session: string }

/** What people were asked about a pane that no session owns. */
export interface StrayQuestion {
  readonly escalation: string
  readonly host: string
  readonly session: string
  /** Whether it waits for an answer; else it is being carried out, or a person wants the pane left alone. */
  readonly open: boolean
}

/** What people were asked about a bead whose holder nobody here knows. */
export interface HolderQuestion {
  readonly escalation: string
  readonly bead: string
  readonly session: string
  /** Whether it waits for an answer; else it is being carried out, or a person wants the bead left alone. */
  readonly open: boolean
}

/** First sighting of a disagreement, by its key: ms since the epoch. */
export type Sightings = Readonly<Record<string, number>>

export interface ReconcileInput {
  readonly held: readonly HeldBead[]
  readonly sessions: readonly OpenSession[]
  readonly panes: readonly HostPane[]
  /** Hosts that have announced their panes; nothing is concluded from the silence of others. */
  readonly announced: readonly string[]
  /** Every host that there is. */
  readonly hosts: readonly string[]
  readonly seats: readonly { readonly session: string; readonly bead: string }[]
  readonly records: readonly OpenRecord[]
  /** Open questions of sessions; `settled`: the session has asked it and waits for it no more. */
  readonly questions: readonly { readonly escalation: string; readonly session: string; readonly settled: boolean }[]
  readonly strays: readonly StrayQuestion[]
  readonly holders: readonly HolderQuestion[]
  readonly sightings: Sightings
  readonly now: number
}

/** Two sightings of a disagreement must lie this far apart before it is acted upon, in ms. */
export const sightingGap = 5_000

/**
 * The one mechanism that mends every disagreement between Beads, sessions and panes (design, "Who holds the truth").
 * Acts on a disagreement only when it was seen before, at least `sightingGap` ago, because the three are read one after another.
 */
export function reconcile(input: ReconcileInput): { actions: ReconcileAction[]; sightings: Sightings } {
  const seen: Record<string, number> = {}
  const actions: ReconcileAction[] = []
  for (const [key, action] of disagreements(input)) {
    const first = input.sightings[key] ?? input.now
    seen[key] = first
    if (input.now - first >= sightingGap) actions.push(action)
  }
  return { actions, sightings: seen }
}

function* disagreements(input: ReconcileInput): Generator<[string, ReconcileAction]> {
  // A session whose workflow was lost counts until it has gone on from its record, or the record is closed.
  const lost = input.records.filter(({ kind, running }) => kind === 'session' && !running)
  const sessions = new Set([...input.sessions.map(({ session }) => session), ...lost.map(({ id }) => id)])
  const heldBy = new Map(input.held.map((held) => [held.bead, held.session]))
  const alive = new Map(input.panes.filter((pane) => pane.alive).map((pane) => [pane.session, pane]))

  for (const record of input.records) {
    if (!record.running) yield [`lost:${record.kind}:${record.id}`, { kind: 'lost', record }]
  }
  for (const session of input.sessions) {
    if (session.over) yield [`relic:${session.session}`, { kind: 'relic', session: session.session }]
    if (!session.attending) continue
    if (heldBy.get(session.bead) !== session.session) {
      yield [`moved:${session.session}`, { kind: 'bead-moved', session: session.session, bead: session.bead }]
    } else if (!alive.has(session.session) && input.announced.includes(session.host)) {
      yield [`gone:${session.session}`, { kind: 'reattach', session: session.session }]
    }
  }
  const everyHostHeard = input.announced.length > 0 && input.hosts.every((host) => input.announced.includes(host))
  for (const held of input.held) {
    if (sessions.has(held.session)) continue
    if (alive.has(held.session) || !everyHostHeard) continue
    const { bead, session } = held
    if (!held.known && input.holders.some((asked) => asked.bead === bead && asked.session === session)) continue
    const kind = !held.known ? 'unknown-holder' : held.integrated ? 'close' : 'release'
    yield [`orphan:${bead}:${session}`, { kind, bead, session }]
  }
  for (const { escalation, bead, session, open } of input.holders) {
    if (!open || heldBy.get(bead) === session) continue
    yield [`holder:${escalation}`, { kind: 'moot', escalation, why: 'The bead is no longer held so.' }]
  }
  for (const { session, bead } of input.seats) {
    if (!sessions.has(session)) yield [`seat:${session}`, { kind: 'free-seat', session, bead }]
  }
  for (const { escalation, session, settled } of input.questions) {
    const why = settled ? 'Its session no longer asks it.' : 'Its session is no longer running.'
    if (settled || !sessions.has(session)) yield [`question:${escalation}`, { kind: 'moot', escalation, why }]
  }
  for (const { escalation, host, session, open } of input.strays) {
    if (!open || !input.announced.includes(host)) continue
    const why = sessions.has(session) ? 'Its session goes on.' : alive.has(session) ? '' : 'The pane has ended.'
    if (why !== '') yield [`asked:${escalation}`, { kind: 'moot', escalation, why }]
  }
  for (const pane of alive.values()) {
    if (sessions.has(pane.session)) continue
    // Asking once is enough: a pane that people know of is no disagreement.
    if (input.strays.some((asked) => asked.host === pane.host && asked.session === pane.session)) continue
    const ours = heldBy.get(pane.bead) === pane.session
    const action: ReconcileAction =
      ours && pane.integrated ? { kind: 'end-pane', pane } : { kind: 'stray', pane, bead: ours ? pane.bead : null }
    yield [`stray:${pane.host}:${pane.session}`, action]
  }
}
