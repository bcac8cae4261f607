import { exec } from '../runtime/exec.ts'

const answerWithinMs = 5_000

/**
 * The windows of a tmux server in which a program lives, its keeper's aside; tmux itself is asked. A server in which
 * nothing lives is ended.
 */
export async function leftPanes(tmux: string, socket: string): Promise<string[]> {
  const ask = (...words: string[]) => exec(tmux, ['-L', socket, ...words], { timeout: answerWithinMs })
  const format = '#{pane_dead} #{window_name}'
  const asked = await ask('list-panes', '-a', '-F', format).catch(() => undefined)
  if (asked?.code !== 0) return []
  const living = asked.stdout.split('\n').flatMap((line) => (line.startsWith('0 ') ? [line.slice(2)] : []))
  const agents = living.filter((name) => name !== 'keeper')
  if (agents.length === 0) await ask('kill-server').catch(() => undefined)
  return agents
}
