import { runChild } from './child.ts'
import type { Conversation } from './conversation.ts'

/** What sentinels exit with when the disk stayed full. */
const diskFull = 1

/** Tells Gemba where the agent stands, however long the disk is full. A sentinel that is missing is no reason to stop. */
export async function report(state: 'working' | 'stalled' | 'bead-done', bead: string, note = ''): Promise<void> {
  const about = note === '' ? [] : [`--note=${note}`]
  for (;;) {
    const { code } = await runChild('gemba-state', [state, `--bead=${bead}`, ...about]).ended
    if (code !== diskFull) return
  }
}

/**
 * Asks a person and waits. The answer comes through the sentinel, or from somebody who types it here. A session that
 * must decide for itself takes the first option.
 */
export async function ask(
  conversation: Conversation,
  bead: string,
  question: string,
  options: readonly string[],
): Promise<string> {
  const flags = ['--kind=question', '--role=manager', `--bead=${bead}`, `--text=${question}`]
  const asking = runChild('gemba-ask', [...flags, ...options.map((option) => `--option=${option}`), '--wait'])
  const typed = conversation.nextLine()
  const ended = asking.ended.then(async ({ code, stdout }) => {
    const answer = stdout.trim()
    if (code === 0 && answer !== '') return { answer, typed: false }
    if (code === 3) return { answer: options[0] ?? 'as you think best', typed: false }
    return { answer: await typed.line, typed: true }
  })
  const first = await Promise.race([ended, typed.line.then((answer) => ({ answer, typed: true }))])
  typed.cancel()
  if (first.typed) {
    asking.stop()
    await runChild('gemba-bridge', ['UserPromptSubmit'], { input: '{}' }).ended
  }
  return chosen(first.answer, options)
}

/** An option may be named by its text or its number. */
function chosen(answer: string, options: readonly string[]): string {
  const line = answer.split('\n')[0]?.trim() ?? ''
  const same = options.find((option) => option.toLowerCase() === line.toLowerCase())
  return same ?? (/^\d+$/.test(line) ? options[Number(line) - 1] : undefined) ?? line
}
