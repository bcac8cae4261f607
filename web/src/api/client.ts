/** Every request the console makes. All throw `ProblemError`, or `TypeError` when the server does not answer. */
import type { BeadDetail, BeadHistory, BeadPatch, BeadSummary, NewBead } from '../../../model/bead.ts'
import { beadsOf } from '../../../model/board-table.ts'
import type { EscalationView } from '../../../model/escalation.ts'
import type { ExportFormat, Verdict } from '../../../model/exchange.ts'
import type { HostView } from '../../../model/host.ts'
import type { SourceSelection } from '../../../model/mode.ts'
import type { ManifestPage, ManifestState } from '../../../model/manifest.ts'
import type { SessionView } from '../../../model/session.ts'
import { keepSecret } from './browser-secret.ts'
import { confirmed, http, root, sendLines } from './request.ts'
import type { HistoryPage } from '../domain/session-events.ts'
import type { Capabilities, EndMode, Health, ImportPage, ImportStatus, ModeStatus, Parked } from './types.ts'

const historyEvents = 100
const importPage = 100
const historyEntries = 50

export const api = {
  /** Shows the local token; the server answers with a cookie, and a secret that this browser keeps. */
  async signIn(token: string): Promise<void> {
    const { secret } = await taken(http.POST('/api/v1/login', { body: { token } }))
    keepSecret(secret)
  },
  /** Ends this browser's sign-in, in all its windows. */
  async signOut(): Promise<void> {
    await http.POST('/api/v1/logout')
    keepSecret('')
  },

  /** Whether the server's parts answer; the answer is the same shape when one does not. */
  async health(): Promise<Health> {
    return (await (await fetch('/healthz')).json()) as Health
  },
  capabilities: (): Promise<Capabilities> => taken(http.GET('/api/v1/capabilities')),

  status: (): Promise<ModeStatus> => taken(http.GET('/api/v1/status')),
  /** Has the server look at its Beads source now. */
  checkStatus: (): Promise<ModeStatus> => taken(http.POST('/api/v1/status/check', { params: { header: confirmed } })),
  selectSource: (source: SourceSelection): Promise<ModeStatus> =>
    taken(http.POST('/api/v1/status/source', { params: { header: confirmed }, body: source })),
  setUpRemote: (name: string, url: string): Promise<ModeStatus> =>
    taken(http.POST('/api/v1/status/remote', { params: { header: confirmed }, body: { name, url } })),

  /** All beads, and the last event before they were read. */
  async board(): Promise<{ readonly beads: readonly BeadSummary[]; readonly event: string }> {
    const board = await taken(http.GET('/api/v1/board', {}))
    return { beads: beadsOf(board), event: board.event }
  },
  bead: (id: string): Promise<BeadDetail> => taken(http.GET('/api/v1/beads/{id}', { params: { path: { id } } })),
  createBead: (bead: NewBead): Promise<BeadDetail> =>
    taken(http.POST('/api/v1/beads', { params: { header: confirmed }, body: mutable(bead) })),
  /** With `etag`: only while the bead is still that one. */
  updateBead(id: string, patch: BeadPatch, etag?: string): Promise<BeadDetail> {
    return taken(http.PATCH('/api/v1/beads/{id}', { params: onOne(id, etag), body: mutable(patch) }))
  },
  /** For good; with `etag`: only while the bead is still that one. */
  async deleteBead(id: string, etag?: string): Promise<void> {
    await http.DELETE('/api/v1/beads/{id}', { params: onOne(id, etag) })
  },
  beadHistory: (id: string): Promise<BeadHistory> =>
    taken(http.GET('/api/v1/beads/{id}/history', { params: { path: { id }, query: { limit: historyEvents } } })),
  /** With `etag`: only while the bead is still that one. `force`: also with open blockers or children. */
  closeBead: (id: string, how: { reason: string; force?: true }, etag?: string): Promise<BeadDetail> =>
    taken(http.POST('/api/v1/beads/{id}/close', { params: onOne(id, etag), body: how })),
  /** With `etag`: only while the bead is still that one. */
  reopenBead: (id: string, reason: string, etag?: string): Promise<BeadDetail> =>
    taken(http.POST('/api/v1/beads/{id}/reopen', { params: onOne(id, etag), body: { reason } })),
  async comment(id: string, text: string): Promise<void> {
    await http.POST('/api/v1/beads/{id}/comments', { params: onOne(id), body: { text } })
  },
  async unpark(id: string): Promise<void> {
    await http.POST('/api/v1/beads/{id}/unpark', { params: onOne(id) })
  },
  addDependency: (id: string, target: string, kind: string): Promise<BeadDetail> =>
    taken(
      http.PUT('/api/v1/beads/{id}/dependencies/{target}', {
        params: { path: { id, target }, header: confirmed },
        body: { kind },
      }),
    ),
  removeDependency: (id: string, target: string): Promise<BeadDetail> =>
    taken(
      http.DELETE('/api/v1/beads/{id}/dependencies/{target}', { params: { path: { id, target }, header: confirmed } }),
    ),

  /** The newest page of what people changed, or the page before a cursor; newest first. */
  beadsHistory(cursor?: string): Promise<ManifestPage & { readonly state: ManifestState }> {
    const query = cursor === undefined ? { limit: historyEntries } : { limit: historyEntries, cursor }
    return taken(http.GET('/api/v1/beads-history', { params: { query } }))
  },

  /** Starts one bead; answers with the session that will work on it. A refusal is thrown as its problem. */
  async dispatch(bead: string, force = false): Promise<string> {
    const items = [force ? { bead, force } : { bead }]
    const { results } = await taken(http.POST('/api/v1/dispatch', { params: { header: confirmed }, body: { items } }))
    const [result] = results
    if (result?.admitted !== true) throw new Error('The server gave no answer about this bead.')
    return result.session
  },

  /** Open ones, and the most recent of the others. */
  sessions: async (): Promise<readonly SessionView[]> => (await taken(http.GET('/api/v1/sessions', pageOf()))).items,
  session: (id: string): Promise<SessionView> => taken(http.GET('/api/v1/sessions/{id}', { params: { path: { id } } })),
  /** The newest page of what happened to a session, or the page before a cursor; oldest first. */
  sessionEvents(id: string, cursor?: string): Promise<HistoryPage> {
    const query = cursor === undefined ? { limit: historyEvents } : { limit: historyEvents, cursor }
    return taken(http.GET('/api/v1/sessions/{id}/events', { params: { path: { id }, query } }))
  },
  async say(id: string, text: string): Promise<void> {
    await http.POST('/api/v1/sessions/{id}/input', { params: onOne(id), body: { text } })
  },
  async end(id: string, mode: EndMode): Promise<void> {
    await http.POST('/api/v1/sessions/{id}/end', { params: onOne(id), body: { mode } })
  },

  /** Open ones, and the most recent of the others. */
  escalations: async (): Promise<readonly EscalationView[]> =>
    (await taken(http.GET('/api/v1/escalations', pageOf()))).items,
  answer: (id: string, value: string, text?: string): Promise<EscalationView> =>
    taken(
      http.POST('/api/v1/escalations/{id}/answer', {
        params: onOne(id),
        body: text === undefined ? { value } : { value, text },
      }),
    ),

  hosts: async (): Promise<readonly HostView[]> => (await taken(http.GET('/api/v1/hosts'))).items,
  parked: async (): Promise<readonly Parked[]> => (await taken(http.GET('/api/v1/parked'))).items,

  /** Has a text of JSON lines judged; what becomes of it is followed by `beadsImport`. */
  judgeImport: async (text: Blob): Promise<ImportStatus> =>
    (await (await sendLines('/beads-import', text)).json()) as ImportStatus,
  beadsImport: (id: string): Promise<ImportStatus> =>
    taken(http.GET('/api/v1/beads-import/{import}', { params: { path: { import: id } } })),
  importLines(id: string, filter: { verdict?: Verdict; q?: string; after?: number }): Promise<ImportPage> {
    const params = { path: { import: id }, query: { ...filter, limit: importPage } }
    return taken(http.GET('/api/v1/beads-import/{import}/lines', { params }))
  },
  carryOutImport: (id: string): Promise<ImportStatus> =>
    taken(http.POST('/api/v1/beads-import/{import}/apply', { params: { path: { import: id }, header: confirmed } })),
  /** Where a file with all beads is for once. */
  async exportAddress(format: ExportFormat): Promise<string> {
    const at = await ticketed(`${root}/beads-export`)
    at.searchParams.set('format', format)
    return at.href
  },

  /** The events after that one, or from now on. It is good for one connection: the browser's own second try is refused. */
  async events(after: string | null): Promise<EventSource> {
    const at = await ticketed(`${root}/events`)
    if (after !== null) at.searchParams.set('after', after)
    return new EventSource(at)
  },
  /** The live terminal of a session. */
  async terminal(session: string): Promise<WebSocket> {
    const at = await ticketed(`${root}/sessions/${encodeURIComponent(session)}/terminal`)
    at.protocol = at.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(at)
    socket.binaryType = 'arraybuffer'
    return socket
  },
}

/** An address that is opened without headers, with a ticket for once. */
async function ticketed(path: string): Promise<URL> {
  const { ticket } = await taken(http.POST('/api/v1/tickets', { body: { path } }))
  const at = new URL(path, location.origin)
  at.searchParams.set('ticket', ticket)
  return at
}

/** With `etag`: only while it is still that one. */
function onOne(id: string, etag?: string) {
  return { path: { id }, header: etag === undefined ? confirmed : { ...confirmed, 'if-match': `"${etag}"` } }
}

type Mutable<T> = T extends readonly (infer E)[]
  ? Mutable<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T

/** A copy, because the generated types know no read-only arrays. */
function mutable<T>(value: T): Mutable<T> {
  return structuredClone(value) as Mutable<T>
}

function pageOf() {
  return { params: { query: { limit: 500 } } }
}

/** The body of an answer that has one. */
async function taken<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer
  if (data === undefined) throw new Error('The server answered without a body.')
  return data
}
