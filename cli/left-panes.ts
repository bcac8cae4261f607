import { setTimeout as sleep } from 'node:timers/promises'
import { exec } from '../runtime/exec.ts'
import { identify, isAlive } from '../runtime/process-identity.ts'

const answerWithinMs = 5_000
const goneWithinMs = 5_000

/**
 * The windows of a tmux server in which a program lives, its keeper's aside; tmux itself is asked. A server in which
 * nothing lives is ended, and has ended when this resolves, unless it takes more than a few seconds.
 */
export async function leftPanes(tmux: string, socket: string): Promise<string[]> {
  const ask = async (...words: string[]) => {
    const answer = await exec(tmux, ['-L', socket, ...words], { timeout: answerWithinMs }).catch(() => undefined)
    return answer?.code === 0 ? answer.stdout : undefined
  }
  const lines = (await ask('list-panes', '-a', '-F', '#{pane_dead} #{pane_pid} #{window_name}'))?.split('\n') ?? []
  const said = lines.flatMap((line) => {
    const [, pid, window] = /^0 (\d+) (.+)$/.exec(line) ?? []
    return window === undefined || window === 'keeper' ? [] : [{ pid: Number(pid), window }]
  })
  // tmux may not have noticed yet that a program has ended.
  const alive = await Promise.all(said.map(async ({ pid }) => isAlive(await identify(pid))))
  const agents = said.flatMap(({ window }, at) => (alive[at] === true ? [window] : []))
  if (agents.length > 0) return agents
  const until = Date.now() + goneWithinMs
  while ((await ask('list-sessions')) !== undefined && Date.now() < until) {
    await ask('kill-server')
    await sleep(50)
  }
  return []
}
