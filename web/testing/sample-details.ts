import { noTrouble } from '../../model/error.ts'
import { profileOf, type ModeStatus } from '../../model/mode.ts'
import type { BeadDetail, BeadSummary } from '../../model/bead.ts'
import { paneSize } from '../../model/pane-size.ts'

/** A sample bead with all that a panel shows of it. */
export function detailOf(bead: BeadSummary): BeadDetail {
  return {
    ...bead,
    description:
      'Visitors with a screen reader hear the days in the wrong order.\n\nSee https://example.org/calendar for what they hear now.\n<b>Not markup.</b>',
    design: '',
    acceptance: '- every day is announced with its weekday\n- arrow keys move by day and week',
    notes: '',
    owner: '',
    createdBy: 'mira',
    closeReason: bead.state === 'completed' ? 'Done' : '',
    externalRef: null,
    estimatedMinutes: null,
    dueAt: null,
    startedAt: null,
    metadata: {},
    dependencies: bead.blockedBy.map((to) => ({ from: bead.id, to, kind: 'blocks' })),
    dependents: bead.blocks.map((from) => ({ from, to: bead.id, kind: 'blocks' })),
    comments: [
      { id: 'c1', author: 'jon', text: 'The old calendar is in the branch “fair”.', createdAt: bead.updatedAt },
    ],
    etag: `${bead.id}-${bead.revision}`,
  }
}

/** What the sample project can do. */
export function capabilities(): object {
  const project = {
    id: 'lantern',
    name: 'Lantern gallery',
    prefix: 'lan',
    repositories: [{ id: 'lantern' }],
    agents: [{ name: 'scripted' }, { name: 'claude' }],
    defaultAgent: 'scripted',
    maxSessions: 6,
  }
  return {
    mode: 'full',
    profile: profileOf('full', false),
    version: '0.1.0',
    person: 'mira',
    project,
    workPlane: { healthy: true, ...noTrouble },
    orchestration: {},
    disk: { status: 'ok', folder: '', freeBytes: 9e9, leastBytes: 5e8, left: '9.0 GB', wanted: '500 MB' },
    lanes: [],
    links: { temporalUi: '/temporal/' },
  }
}

/** What stands in the terminal of a sample session. */
export const terminalLines = [
  '─'.repeat(paneSize.columns),
  '\x1b[2m  12 tests, 11 pass\x1b[0m',
  '\x1b[32m✓\x1b[0m announces the weekday',
  '\x1b[32m✓\x1b[0m moves by week with the arrow keys',
  '\x1b[31m✗\x1b[0m begins the week where the reader expects it',
  '',
  '\x1b[1;36m●\x1b[0m The design and the old site disagree about the first day of the week.',
  '\x1b[1;36m●\x1b[0m Asking before I go on.',
  '\x1b[2m> gemba-bridge ask --kind question "Should weeks begin on Monday?"\x1b[0m',
].join('\r\n')

/** The status of a server that works a project, or shows the one database that the sample entries are about. */
export function modeStatus({ mode, readOnly } = profileOf('full', false)): ModeStatus {
  const isFull = mode === 'full'
  const display = isFull ? 'beads on 127.0.0.1:3307' : 'dolt://example/lantern'
  return {
    mode,
    source: { kind: isFull ? 'project' : 'url', display, readonly: readOnly },
    source_id: '',
    project_required: isFull,
    orchestration_required: isFull,
    manifest_path: null,
    beads_read_only: readOnly,
    bd_found: true,
    health: { healthy: true, ...noTrouble, since: new Date(0).toISOString() },
    privilege: readOnly ? 'read_only' : 'read_write',
    read_only_reason: readOnly ? 'The server was started read-only.' : null,
    last_sync: new Date(0).toISOString(),
    remote: null,
    manifest: { path: '', status: 'off', why: '', lost: 0 },
  }
}
