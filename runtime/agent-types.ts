import { basename } from 'node:path'
import type { AgentType } from '../model/agent.ts'
import type { AgentsFile } from '../model/schema/agents-file.ts'
import { invalid, type ConfigFile } from './config-file.ts'

type WrittenAgent = NonNullable<AgentsFile['agent']>[number]

/**
 * The agent types there are without `.gemba/agents.toml`. The scripted agent carries out what a bead's text says, so
 * outside of the example it works only where a person has written it into the file.
 */
const builtIn: readonly AgentType[] = [complete({ name: 'claude', command: 'claude' }, 'claude')]

/** The agent types of a project, complete with defaults; never empty. */
export function agentTypes(file: ConfigFile<AgentsFile> | undefined): readonly AgentType[] {
  const written = file?.content.agent ?? []
  if (file === undefined || written.length === 0) return builtIn
  return written.map((agent, index) => {
    const at = (key: string): number | undefined => file.lineOf(['agent', String(index), key])
    if (written.findIndex((other) => other.name === agent.name) !== index) {
      throw invalid(file.file, at('name'), `two agent types are called ${agent.name}`)
    }
    if (agent.command !== undefined && agent.binary !== undefined) {
      throw invalid(file.file, at('binary'), `agent ${agent.name} has both command and binary; keep one`)
    }
    const command = agent.command ?? agent.binary
    if (command === undefined) throw invalid(file.file, at('name'), `agent ${agent.name} has no command`)
    return complete(agent, command)
  })
}

function complete(agent: WrittenAgent, command: string): AgentType {
  const isClaude = basename(command) === 'claude'
  return {
    name: agent.name,
    command,
    args: agent.args ?? [],
    env: agent.env ?? {},
    model: agent.model ?? null,
    hooks: agent.hooks ?? (isClaude ? 'claude_code' : 'none'),
    preamble: agent.preamble ?? (isClaude ? 'argument' : 'file'),
    quit: agent.quit ?? '/exit',
    interactionMode: agent.interaction_mode ?? 'balanced',
    maxParallel: agent.max_parallel ?? 6,
    agentCloses: agent.agent_closes ?? false,
  }
}
