const fewestLines = 10
/** Columns that are left to the program itself, at least. */
const narrowest = 40
/** A character that takes two columns moves the bar's place in its line to the left; so far at most. */
const drift = 12

/**
 * The left part of a screen where a program has opened a panel at its right, as Claude Code does with the changed files.
 * The bar between them runs through every line, which nothing that is shown in a dialog can do.
 */
export function withoutSidePanel(lines: readonly string[]): readonly string[] {
  const filled = lines.slice(0, lines.findLastIndex((line) => line.trim() !== '') + 1)
  if (filled.length < fewestLines) return lines
  const bar = Math.max(...filled.map((line) => line.indexOf('│', narrowest)))
  if (!filled.every((line) => barNear(line, bar) !== -1)) return lines
  return filled.map((line) => line.slice(0, barNear(line, bar)))
}

function barNear(line: string, bar: number): number {
  const found = line.lastIndexOf('│', bar)
  return found >= Math.max(narrowest, bar - drift) ? found : -1
}
