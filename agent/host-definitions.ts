import type { AgentType, Repository } from '../model/agent.ts'
import { GembaError } from '../model/error.ts'

/**
 * What a host runs and where it works, from its own configuration. Requests only name these, so neither a command line
 * nor a path can come from elsewhere.
 */
export interface HostDefinitions {
  /** Throws `agent_unknown_on_host`. */
  agent(name: string): AgentType
  /** Throws `repository_unknown_on_host`. */
  repository(id: string): Repository
}

export function hostDefinitions(
  host: string,
  agents: readonly AgentType[],
  repositories: readonly Repository[],
): HostDefinitions {
  return {
    agent(name) {
      const found = agents.find((agent) => agent.name === name)
      if (found !== undefined) return found
      const known = listed(agents.map((agent) => agent.name))
      throw new GembaError('agent_unknown_on_host', { host, agent: name, known })
    },
    repository(id) {
      const found = repositories.find((repository) => repository.id === id)
      if (found !== undefined) return found
      const known = listed(repositories.map((repository) => repository.id))
      throw new GembaError('repository_unknown_on_host', { host, repository: id, known })
    },
  }
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ')
}
