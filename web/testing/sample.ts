/** A small project for the console's own tests and pictures. */
import type { BeadSummary, StateCategory } from '../../model/bead.ts'
import { stateOf } from '../../model/bead.ts'
import type { EscalationView } from '../../model/escalation.ts'
import { approveOptions } from '../../model/escalation.ts'
import type { EventBody, GembaEvent } from '../../model/event.ts'
import type { HostView } from '../../model/host.ts'
import type { SessionView } from '../../model/session.ts'

export const sampleTime = Date.now()

/** An ISO time, so many minutes before the tests began. */
export function minutesAgo(minutes: number): string {
  return new Date(sampleTime - minutes * 60_000).toISOString()
}

export function makeBead(id: string, title: string, more: Partial<BeadSummary> = {}): BeadSummary {
  const status = more.status ?? 'open'
  const labels = more.labels ?? []
  return {
    id,
    title,
    status,
    state: stateOf(status, labels),
    priority: 2,
    type: 'task',
    assignee: null,
    labels,
    parent: null,
    blockedBy: [],
    blocks: [],
    ready: status === 'open' && (more.blockedBy ?? []).length === 0,
    createdAt: minutesAgo(600),
    updatedAt: minutesAgo(60),
    modifiedAt: minutesAgo(30),
    closedAt: status === 'closed' ? minutesAgo(45) : null,
    deferUntil: null,
    hasAcceptance: false,
    commentCount: 0,
    revision: 1,
    ...more,
  }
}

export function makeSession(id: string, bead: string, beadTitle: string, more: Partial<SessionView> = {}): SessionView {
  return {
    id,
    project: 'lantern',
    bead,
    beadTitle,
    repository: 'lantern',
    host: 'local',
    agent: 'scripted',
    status: 'working',
    note: 'writing tests',
    waitsForHost: false,
    closeReason: null,
    fence: 1,
    branch: `bead/${bead}`,
    worktree: `/home/mira/lantern/.gemba/worktrees/${bead}`,
    startedBy: { name: 'mira', via: 'console' },
    startedAt: minutesAgo(12),
    endedAt: null,
    digest: { tokensIn: 41_200, tokensOut: 6_300, filesChanged: 3, commits: 2 },
    openEscalations: [],
    integratedAs: null,
    ...more,
  }
}

export function makeEscalation(id: string, title: string, more: Partial<EscalationView> = {}): EscalationView {
  return {
    id,
    project: 'lantern',
    source: 'permission_prompt',
    urgency: 'blocking',
    session: null,
    bead: null,
    host: 'local',
    title,
    text: '',
    options: approveOptions,
    freeText: false,
    createdAt: minutesAgo(4),
    state: 'open',
    decision: null,
    note: '',
    ...more,
  }
}

export function makeEvent(number: number, body: EventBody, more: Partial<GembaEvent> = {}): GembaEvent {
  return {
    number,
    source: 'double',
    sourceRevision: number,
    at: minutesAgo(0),
    actor: { name: 'gemba', via: 'system' },
    body,
    ...more,
  }
}

export const sampleBeads: readonly BeadSummary[] = [
  makeBead('lan-1', 'Lantern 1.0: the gallery opens', { type: 'milestone', priority: 1, createdAt: minutesAgo(3_000) }),
  makeBead('lan-2', 'Booking by e-mail', { type: 'epic', priority: 1, parent: 'lan-1', labels: ['booking'] }),
  makeBead('lan-7', 'Send the confirmation in the visitor’s own language', {
    parent: 'lan-2',
    priority: 1,
    type: 'feature',
    labels: ['booking', 'i18n'],
    commentCount: 2,
  }),
  makeBead('lan-8', 'Reminder one day before the visit', {
    parent: 'lan-2',
    blockedBy: ['lan-5'],
    labels: ['booking'],
    type: 'feature',
  }),
  makeBead('lan-9', 'Opening hours jump when summer time begins', { type: 'bug', priority: 0, labels: ['calendar'] }),
  makeBead('lan-10', 'Describe how to run the mail server on a laptop', {
    type: 'chore',
    priority: 3,
    labels: ['docs'],
  }),
  makeBead('lan-11', 'Choose how long bookings are kept', { type: 'decision', priority: 2 }),
  makeBead('lan-12', 'Export visitors as CSV', { priority: 3, labels: ['staged:true', 'export'], type: 'feature' }),
  makeBead('lan-13', 'Group bookings over 20 people need a guide', {
    labels: ['staged:true', 'booking'],
    blockedBy: ['lan-7', 'lan-9', 'lan-5'],
  }),
  makeBead('lan-3', 'A calendar that can be read aloud', {
    status: 'in_progress',
    assignee: 'gemba/s1',
    labels: ['calendar', 'a11y'],
    type: 'feature',
    priority: 1,
  }),
  makeBead('lan-4', 'Times of day without a time zone', {
    status: 'in_progress',
    assignee: 'gemba/s2',
    type: 'bug',
    labels: ['calendar'],
    priority: 1,
  }),
  makeBead('lan-5', 'Queue for outgoing mail', {
    status: 'in_progress',
    assignee: 'gemba/s3',
    labels: ['mail'],
    blocks: ['lan-8'],
  }),
  makeBead('lan-14', 'Tickets with a picture code', { status: 'deferred', priority: 3, type: 'feature' }),
  makeBead('lan-15', 'Try a kiosk mode for the entrance', {
    status: 'deferred',
    priority: 4,
    type: 'spike',
    labels: ['idea'],
  }),
  makeBead('lan-16', 'Translate the imprint', { status: 'deferred', priority: 4, type: 'chore' }),
  makeBead('lan-17', 'Address book import loses umlauts', { priority: 2, type: 'bug', labels: ['import'] }),
  makeBead('lan-6', 'Skeleton of the site', { status: 'closed', type: 'task', commentCount: 1 }),
  makeBead('lan-18', 'Continuous build', { status: 'closed', type: 'chore', closedAt: minutesAgo(80) }),
  makeBead('lan-19', 'Colours and type of the gallery', {
    status: 'closed',
    closedAt: minutesAgo(300),
    labels: ['look'],
  }),
]

export const sampleSessions: readonly SessionView[] = [
  makeSession('s1', 'lan-3', 'A calendar that can be read aloud', {
    openEscalations: ['escalation/lantern/s1/2'],
  }),
  makeSession('s2', 'lan-4', 'Times of day without a time zone', {
    status: 'prompting',
    note: 'asks for permission',
    openEscalations: ['escalation/lantern/s2/1'],
    startedAt: minutesAgo(7),
  }),
  makeSession('s3', 'lan-5', 'Queue for outgoing mail', {
    status: 'integrating',
    note: 'merging into main',
    startedAt: minutesAgo(31),
  }),
  makeSession('s0', 'lan-6', 'Skeleton of the site', {
    status: 'completed',
    note: '',
    closeReason: 'bead_done',
    endedAt: minutesAgo(45),
    startedAt: minutesAgo(70),
    integratedAs: '3f9ac2e8d1b7',
  }),
]

export const sampleEscalations: readonly EscalationView[] = [
  makeEscalation('escalation/lantern/s2/1', 'Claude needs your permission to use Bash', {
    session: 's2',
    bead: 'lan-4',
    text: 'Bash command\n\n  rm -rf build && npm run build -- --zone=UTC\n  Rebuild from scratch with a fixed zone\n\nDo you want to proceed?',
  }),
  makeEscalation('escalation/lantern/s1/2', 'Should weeks begin on Monday or on Sunday?', {
    source: 'question',
    session: 's1',
    bead: 'lan-3',
    options: [
      { value: 'monday', label: 'Monday', tone: 'neutral' },
      { value: 'sunday', label: 'Sunday', tone: 'neutral' },
      { value: 'discard', label: 'Throw the calendar away', tone: 'destructive' },
    ],
    freeText: true,
    createdAt: minutesAgo(2),
    text: 'The design shows Monday, the old site began on Sunday. Screen readers announce the first column, so it matters here.',
  }),
  makeEscalation('escalation/lantern/s0/1', 'May I add a build step?', {
    session: 's0',
    bead: 'lan-6',
    state: 'delivered',
    createdAt: minutesAgo(66),
    decision: { value: 'approve', text: '', by: 'jon', via: 'chat', at: minutesAgo(64) },
  }),
]

export const sampleHosts: readonly HostView[] = [
  {
    id: 'local',
    label: 'This machine',
    status: 'online',
    kinds: ['claude', 'scripted'],
    slots: 6,
    lastSeen: minutesAgo(0),
    version: '0.1.0',
  },
  {
    id: 'attic',
    label: 'Attic',
    status: 'degraded',
    kinds: ['claude'],
    slots: 4,
    lastSeen: minutesAgo(3),
    version: '0.1.0',
  },
]

/** What has happened to session `s1`: long work, of which a page shows a part. */
export const sampleEvents: readonly GembaEvent[] = historyOfS1()

function historyOfS1(): GembaEvent[] {
  const steps = Array.from({ length: 130 }, (_, index) => ({ status: 'working' as const, note: `step ${index + 1}` }))
  const first: Partial<SessionView> = { status: 'initializing', note: '', worktree: null }
  return [first, { status: 'initializing' as const, note: '' }, ...steps].map((more, index) => {
    const session = makeSession('s1', 'lan-3', 'A calendar that can be read aloud', more)
    return makeEvent(index + 1, { kind: 'session.changed', session }, { at: minutesAgo(12 - index / 12) })
  })
}

/** Many beads, spread over the lanes. */
export function manyBeads(count: number): BeadSummary[] {
  const shapes: readonly { status: string; labels: readonly string[]; state: StateCategory }[] = [
    { status: 'closed', labels: [], state: 'completed' },
    { status: 'open', labels: [], state: 'unstarted' },
    { status: 'deferred', labels: [], state: 'backlog' },
  ]
  return Array.from({ length: count }, (_, index) => {
    const shape = shapes[index % shapes.length]
    return makeBead(`many-${index}`, `Bead number ${index} of a long backlog`, {
      ...shape,
      createdAt: minutesAgo(index),
    })
  })
}

/**
 * A project as large as they come: 3,000 beads of every 10,000 in one lane, milestones and epics above them, and three
 * beads that each holds back.
 */
export function wholeProject(count: number): BeadSummary[] {
  const statuses = [
    'open',
    'open',
    'open',
    'closed',
    'closed',
    'closed',
    'deferred',
    'deferred',
    'in_progress',
    'in_progress',
  ]
  const nth = (at: number): string => `big-${at}`
  return Array.from({ length: count }, (_, at) => {
    const type = at < 10 ? 'milestone' : at < 110 ? 'epic' : (['task', 'bug', 'feature', 'chore'][at % 4] ?? 'task')
    const parent = at < 10 ? null : nth(at < 110 ? at % 10 : 10 + (at % 100))
    const held = [1, 2, 3].flatMap((step) => (at < 110 || at + step >= count ? [] : [nth(at + step)]))
    return makeBead(nth(at), `Bead number ${at}: ${words[at % words.length]} the ${words[(at * 7) % words.length]}`, {
      type,
      parent,
      status: statuses[at % statuses.length] ?? 'open',
      priority: at % 5,
      labels: [`area:${at % 40}`, ...(at % 9 === 0 ? ['d:3'] : [])],
      assignee: at % 10 === 8 ? 'ada' : null,
      blocks: held,
      blockedBy: at % 10 < 3 ? [nth(Math.max(110, at - 1))] : [],
      createdAt: minutesAgo(count - at),
      updatedAt: minutesAgo((at * 37) % count),
      modifiedAt: minutesAgo((at * 31) % count),
    })
  })
}

const words = [
  'calendar',
  'mail queue',
  'ticket',
  'kiosk',
  'imprint',
  'guide',
  'export',
  'index',
  'import',
  'search',
  'lamp',
]
