/**
 * Every command of the console: the one table behind keyboard, help and palette. A command can be used while a
 * component that is on the page answers for it.
 */
export interface Command {
  readonly id: string
  readonly group: 'Go to' | 'Board' | 'Graph' | 'Bead' | 'Backlog' | 'Inbox' | 'Session' | 'General'
  readonly title: string
  /** Chords: presses separated by blanks; `Mod` is Ctrl, or ⌘ on a Mac; `Shift` only with keys that print nothing. */
  readonly keys: readonly string[]
  /** Other words that find it in the palette. */
  readonly synonyms: string
  /** It goes on from where the focus is: the palette, which takes the focus, leaves it out. */
  readonly keysOnly?: true
}

export const commands = [
  { id: 'go.board', group: 'Go to', title: 'Board', keys: ['g b'], synonyms: 'lanes beads cards kanban' },
  {
    id: 'go.backlog',
    group: 'Go to',
    title: 'Backlog',
    keys: ['g k'],
    synonyms: 'refine refinement deferred triage groom',
  },
  { id: 'go.sessions', group: 'Go to', title: 'Sessions', keys: ['g s'], synonyms: 'agents terminals' },
  { id: 'go.inbox', group: 'Go to', title: 'Inbox', keys: ['g i'], synonyms: 'escalations questions approvals' },
  { id: 'go.hosts', group: 'Go to', title: 'Hosts', keys: ['g h'], synonyms: 'machines' },
  {
    id: 'go.exchange',
    group: 'Go to',
    title: 'Import and export',
    keys: ['g x'],
    synonyms: 'jsonl file upload download backup exchange',
  },
  { id: 'go.temporal', group: 'Go to', title: 'Temporal UI', keys: [], synonyms: 'workflows history' },
  { id: 'board.search', group: 'Board', title: 'Search the board', keys: ['/'], synonyms: 'filter find' },
  { id: 'board.down', group: 'Board', title: 'Next card', keys: ['ArrowDown', 'j'], synonyms: '', keysOnly: true },
  { id: 'board.up', group: 'Board', title: 'Previous card', keys: ['ArrowUp', 'k'], synonyms: '', keysOnly: true },
  {
    id: 'board.left',
    group: 'Board',
    title: 'To the left, or fold',
    keys: ['ArrowLeft'],
    synonyms: '',
    keysOnly: true,
  },
  {
    id: 'board.right',
    group: 'Board',
    title: 'To the right, or unfold',
    keys: ['ArrowRight'],
    synonyms: '',
    keysOnly: true,
  },
  { id: 'board.move', group: 'Board', title: 'Move the focused card to…', keys: ['m'], synonyms: '', keysOnly: true },
  { id: 'board.select', group: 'Board', title: 'Select the focused card', keys: ['x'], synonyms: '', keysOnly: true },
  {
    id: 'board.select-down',
    group: 'Board',
    title: 'Select downwards',
    keys: ['Shift+ArrowDown'],
    synonyms: '',
    keysOnly: true,
  },
  {
    id: 'board.select-up',
    group: 'Board',
    title: 'Select upwards',
    keys: ['Shift+ArrowUp'],
    synonyms: '',
    keysOnly: true,
  },
  { id: 'board.select-all', group: 'Board', title: 'Select all that is shown', keys: ['Mod+a'], synonyms: 'bulk' },
  { id: 'board.flat', group: 'Board', title: 'Flat layout', keys: ['v f'], synonyms: 'list rows view' },
  { id: 'board.cascade', group: 'Board', title: 'Cascade layout', keys: ['v c'], synonyms: 'tree hierarchy view' },
  { id: 'board.kanban', group: 'Board', title: 'Kanban layout', keys: ['v k'], synonyms: 'lanes cards view' },
  { id: 'board.graph', group: 'Board', title: 'Graph layout', keys: ['v g'], synonyms: 'dependencies arrows view' },
  { id: 'graph.zoom-in', group: 'Graph', title: 'Zoom into the graph', keys: ['+', '='], synonyms: 'larger' },
  { id: 'graph.zoom-out', group: 'Graph', title: 'Zoom out of the graph', keys: ['-'], synonyms: 'smaller' },
  { id: 'graph.fit', group: 'Graph', title: 'Fit the graph', keys: ['0'], synonyms: 'zoom all' },
  {
    id: 'graph.around',
    group: 'Graph',
    title: 'Graph around the focused bead',
    keys: ['v a'],
    synonyms: '',
    keysOnly: true,
  },
  { id: 'graph.project', group: 'Graph', title: 'Graph of the whole project', keys: ['v p'], synonyms: 'epics' },
  { id: 'graph.list', group: 'Graph', title: 'Graph as a list, or as a drawing', keys: ['v l'], synonyms: 'text' },
  { id: 'board.views', group: 'Board', title: 'Saved views', keys: ['v s'], synonyms: 'filters bookmarks' },
  { id: 'bead.new', group: 'Bead', title: 'New bead', keys: ['c'], synonyms: 'create add issue' },
  { id: 'undo', group: 'Bead', title: 'Undo the last change', keys: ['Mod+z'], synonyms: 'take back revert' },
  {
    id: 'panel.close',
    group: 'Bead',
    title: 'Close the panel, or end the selection',
    keys: ['Escape'],
    synonyms: 'back',
  },
  { id: 'backlog.stage', group: 'Backlog', title: 'Stage the focused bead', keys: ['s'], synonyms: '', keysOnly: true },
  { id: 'backlog.edit', group: 'Backlog', title: 'Edit the focused bead', keys: ['e'], synonyms: '', keysOnly: true },
  { id: 'backlog.raise', group: 'Backlog', title: 'Raise its priority', keys: ['+'], synonyms: '', keysOnly: true },
  { id: 'backlog.lower', group: 'Backlog', title: 'Lower its priority', keys: ['-'], synonyms: '', keysOnly: true },
  { id: 'inbox.down', group: 'Inbox', title: 'Next question', keys: ['j'], synonyms: '', keysOnly: true },
  { id: 'inbox.up', group: 'Inbox', title: 'Previous question', keys: ['k'], synonyms: '', keysOnly: true },
  {
    id: 'session.control',
    group: 'Session',
    title: 'Take control of the terminal',
    keys: [],
    synonyms: 'type keyboard',
  },
  { id: 'session.release', group: 'Session', title: 'Give back control', keys: ['Mod+.'], synonyms: 'leave terminal' },
  { id: 'panel.status', group: 'Go to', title: 'Status', keys: ['g t'], synonyms: 'health source mode' },
  { id: 'panel.history', group: 'Go to', title: 'Beads history', keys: ['g y'], synonyms: 'manifest ledger log' },
  {
    id: 'panel.source',
    group: 'Go to',
    title: 'Choose the Beads source',
    keys: [],
    synonyms: 'database address worktree folder',
  },
  { id: 'palette.open', group: 'General', title: 'Find anything', keys: ['Mod+k'], synonyms: 'command palette' },
  { id: 'help.open', group: 'General', title: 'Keyboard help', keys: ['?'], synonyms: 'shortcuts' },
  { id: 'sign-out', group: 'General', title: 'Sign out', keys: [], synonyms: 'log out leave end' },
  { id: 'theme.switch', group: 'General', title: 'Switch light and dark', keys: [], synonyms: 'theme night colour' },
] as const satisfies readonly Command[]

export type CommandId = (typeof commands)[number]['id']
