/** Dark in both themes: agents draw for a dark terminal. */
export const terminalTheme = {
  background: '#16181d',
  foreground: '#d9dce3',
  cursor: '#d9dce3',
  selectionBackground: '#3c4457',
  black: '#23262e',
  red: '#f08a8a',
  green: '#8ccf9b',
  yellow: '#e3c078',
  blue: '#8fb0f5',
  magenta: '#cba6f0',
  cyan: '#7fcfd0',
  white: '#d9dce3',
  brightBlack: '#7d8494',
  brightRed: '#f7a8a8',
  brightGreen: '#a9e0b5',
  brightYellow: '#f0d49b',
  brightBlue: '#b0c8fa',
  brightMagenta: '#dcc2f7',
  brightCyan: '#a3e1e1',
  brightWhite: '#ffffff',
} as const

const advance = 0.6
/** Smaller letters can not be read: a narrow window scrolls sideways instead. */
const smallestPx = 10

/** The largest letter, in half pixels and at most `most`, with which `columns` fit into `width` pixels; or the smallest there is. */
export function fontToFit(width: number, columns: number, most: number): number {
  if (width <= 0 || columns <= 0) return most
  const fitting = Math.floor(((width - 14) / (columns * advance)) * 2) / 2
  return Math.max(smallestPx, Math.min(most, fitting))
}
