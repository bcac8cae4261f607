/**
 * The words of Gemba, one for a thing. Code, documents, errors and the console use these and no others;
 * `docs/glossary.md` is generated from here.
 */
export const glossary: Readonly<Record<string, string>> = {
  agent:
    'A program that works on beads in a terminal, such as Claude Code. An agent type is one `[[agent]]` of `.gemba/agents.toml`.',
  assignee: 'Who holds a bead. While Gemba works on one it is `gemba/<session>`.',
  attend:
    'To wait, on the host, for the next facts of one pane. Ends at the first facts and is begun again after them.',
  base: 'The branch of a repository that finished work is integrated into, `main` unless configured.',
  bead: 'One issue in a Beads database: a task, a bug, an epic, a decision.',
  blocked: 'Held back by an open bead that it depends on. A mark on a card, not a lane.',
  board: 'The projection of all beads that lists and displays read; also the page that shows it in lanes.',
  claim: 'To become the holder of an open bead by compare-and-set. There is one arbiter: the row in Beads.',
  command: 'Whatever starts, steers or stops work. A command goes to a workflow; an edit goes to Beads.',
  cursor:
    'A place to go on reading from: a byte offset in the frames, a number in the event log, a hash of the database.',
  decision: 'What a person answered to an escalation. The first one counts.',
  dispatch: 'To have a bead worked: admission by the dispatcher, then a session of its own.',
  dispatcher: 'The workflow `dispatch/<project>`, which alone decides what starts.',
  edge: 'A dependency between two beads: the first depends on the second, in some kind.',
  edit: 'A change to a bead that starts and stops nothing.',
  epic: 'A wrapper for a feature or a larger thread of work.',
  escalation: 'A question that waits for a person: a permission, a choice, a conflict. Decided is not yet delivered.',
  'event log': 'Everything that happened, numbered without a gap, in the operational store.',
  fact: 'What a workflow is told of a pane: a prompt, a question, done, gone. Many frames make few facts.',
  fence: "The number of a session's launch. Hosts refuse lower ones, so an earlier attempt can do nothing any more.",
  frame: "One line that a sentinel or an agent's hook appended to its pane's file. Its byte offset is its number.",
  guard:
    'A few lines of shell between the supervisor and an outside program; the end of the supervisor ends the program.',
  host: "A machine that runs agents. `local` is the server's own.",
  integration:
    "Bringing the commits of a finished bead into the base, by the repository's policy: merge, push, pr or none.",
  lane: 'A column of the board: Backlog, Next up, Staged, In progress, Done.',
  milestone: 'A wrapper for a release or a phase.',
  nonce:
    'The server-issued, single-use confirmation of one change by one person. It is the key of everything that follows.',
  'operational store':
    'Postgres, embedded or not: people, nonces, the event log, snapshots. Never the truth about beads.',
  numbering:
    'What the titles of a plan begin with, such as `M3:`, `E2.1:` or `BOM-3:`. It is suggested, and never taken unasked.',
  pane: 'The terminal, in tmux, that an agent runs in.',
  parked: 'Left alone after its start kept failing, until a person unparks it.',
  plane:
    'A kind of outside system behind one interface with one conformance suite: work, orchestration, chat, persona.',
  preamble: 'What an agent is given to read about its bead before it begins.',
  project: 'What one Gemba serves: repositories, agents, one Beads database.',
  publish: 'To write events and a snapshot of a workflow into the operational store, in one transaction.',
  ready: 'Open, unheld and blocked by nothing, by the rule of `bd ready`.',
  reconciliation: 'The one mechanism that mends disagreements between beads, sessions and panes.',
  relaunch: 'To start a lost pane again in the same worktree, with the next fence.',
  repository: 'A git repository that beads are about. A bead finds its own by label `repo:<id>` or by its prefix.',
  seat: 'Room for one session, counted over all hosts.',
  sentinel:
    'A small program that an agent calls to say something: `gemba-state`, `gemba-ask`; `gemba-bridge` is called by hooks.',
  session: 'One agent in one pane, working on one bead: the workflow `session/<project>/<id>`.',
  'session manifest':
    'The ledger of what people changed in a Beads source in Beads-only mode: one JSON line an entry, only ever appended to.',
  snapshot: 'The published state of a workflow.',
  staged: 'Chosen to be worked next; an open bead with the label `staged:true`.',
  supervisor: 'The process of `gemba serve`: it starts and restarts the others and does nothing else.',
  tag: 'A label that names a decision bead (`d:<n>`) or a milestone (`milestone:<bead-id>`); shown as a pill.',
  'work plane': 'Where beads live: a Beads database, read and written by SQL.',
  worktree: 'The folder, inside the repository, where a session works on branch `bead/<id>`.',
  wrapper: 'A bead that collects other beads: a milestone or an epic. It is never dispatched itself.',
}
