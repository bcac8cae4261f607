import { accessSync, constants } from 'node:fs'
import { basename, isAbsolute } from 'node:path'
import type { AgentType } from '../model/agent.ts'
import { GembaError } from '../model/error.ts'
import { installHint } from '../runtime/tools/install-hint.ts'
import { findProgram } from '../runtime/tools/locate.ts'
import { ok, type Check } from './check.ts'

/** Whether the programs of the agent types are there. A missing default agent is a problem: nothing would be worked. */
export function agentChecks(agents: readonly AgentType[], defaultAgent: string): Check[] {
  return agents.map((agent): Check => {
    const id = `agent ${agent.name}`
    const isDefault = agent.name === defaultAgent
    const found = agent.command === 'gemba:scripted' ? 'comes with Gemba' : programOf(agent)
    if (found !== undefined) return ok(id, isDefault ? `${found}, the default` : found)
    const { message } = new GembaError('agent_missing', { agent: agent.name, command: agent.command })
    const detail = isDefault ? `${message} It is the default, so beads that name no other wait for it.` : message
    return { id, status: isDefault ? 'problem' : 'note', detail, fix: fixOf(agent, agents) }
  })
}

/** As the host of this machine finds it. */
function programOf({ command, env }: AgentType): string | undefined {
  if (!command.includes('/')) return findProgram(command, { PATH: env['PATH'] ?? process.env['PATH'] })
  try {
    accessSync(command, constants.X_OK)
    return isAbsolute(command) ? command : undefined
  } catch {
    return undefined
  }
}

function fixOf({ name, command }: AgentType, agents: readonly AgentType[]): string {
  const known = ['claude', 'codex'].includes(basename(command))
  const install = known ? installHint(basename(command)) : `Install ${command}, by its full path or on PATH.`
  const others = agents.filter((agent) => agent.name !== name).map((agent) => agent.name)
  const choose = others.length === 0 ? '' : `, or choose another under [agents] default: ${others.join(', ')}`
  return `${install} Or correct \`command\` of ${name} in .gemba/agents.toml${choose}.`
}
