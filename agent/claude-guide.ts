const begin = '<!-- gemba:begin. What stands between these marks is written by Gemba; the rest is yours. -->'
const end = '<!-- gemba:end -->'

const guide = `${begin}
## In a session of Gemba

Only when the environment has \`GEMBA_SESSION_ID\`:

- \`GEMBA_PREAMBLE\` names a file with your task and your rules. Read it before anything else.
- Say where you stand: \`gemba-state working\`, \`gemba-state stalled --note "why"\`.
- Ask people: \`gemba-ask --kind question --role manager --text "what you want to know"\`.
- When all is committed and proven: \`gemba-state bead-done --bead "$GEMBA_BEAD" --note "what you did"\`.
${end}`

/**
 * The text of a `CLAUDE.md` with our block in it: in its place where there is one, of whatever version, else at the end.
 * Undefined when a mark stands alone, so that nobody can tell what is whose.
 */
export function withGuide(text: string): string | undefined {
  const from = /^<!-- gemba:begin\b.*-->$/m.exec(text)
  const to = /^<!-- gemba:end -->$/m.exec(text)
  if (from === null && to === null) return `${text === '' ? '' : `${text.trimEnd()}\n\n`}${guide}\n`
  if (from === null || to === null || to.index < from.index) return undefined
  return text.slice(0, from.index) + guide + text.slice(to.index + end.length)
}
