import type { IParser, Terminal } from '@xterm/xterm'

/** Queries that end in a letter: attributes, status, modes, sizes. */
const queries = [
  { final: 'c' },
  { prefix: '>', final: 'c' },
  { prefix: '=', final: 'c' },
  { final: 'n' },
  { prefix: '?', final: 'n' },
  { intermediates: '$', final: 'p' },
  { prefix: '?', intermediates: '$', final: 'p' },
  { final: 't' },
] as const
const colourQueries = [4, 10, 11, 12] as const
/** Modes in which a terminal reports mouse and focus. */
const reportingModes = [9, 1000, 1001, 1002, 1003, 1004] as const
const focusReports: readonly string[] = ['\x1b[I', '\x1b[O']

/**
 * Keeps xterm from writing anything by itself: what a program asks of its terminal, its pane's own tmux answers, and a
 * second answer would be typed into the program. Only what a person types or pastes is left for `onData`; see `isReport`.
 */
export function muteTerminal(terminal: Terminal): void {
  const { parser } = terminal
  for (const query of queries) parser.registerCsiHandler(query, () => true)
  for (const colour of colourQueries) parser.registerOscHandler(colour, (data) => data.includes('?'))
  parser.registerDcsHandler({ intermediates: '$', final: 'q' }, () => true)
  muteModes(parser, (text) => terminal.write(text))
  // A wheel over a full screen program would press its arrow keys.
  terminal.attachCustomWheelEventHandler(() => terminal.buffer.active.type === 'normal')
}

/** A mode set together with others is set, and taken back at once. */
function muteModes(parser: IParser, write: (text: string) => void): void {
  const reporting: readonly number[] = reportingModes
  parser.registerCsiHandler({ prefix: '?', final: 'h' }, (modes) => {
    const muted = modes.filter((mode) => typeof mode === 'number' && reporting.includes(mode))
    if (muted.length > 0 && muted.length < modes.length) write(`\x1b[?${muted.join(';')}l`)
    return muted.length === modes.length
  })
}

/** What comes in the moment before such a mode is taken back. */
export function isReport(data: string): boolean {
  return focusReports.includes(data)
}
