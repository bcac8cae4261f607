/** How the agent's questions and blockers are treated (seed 003, `.gemba/agents.toml`). */
export type InteractionMode = 'dangerous' | 'balanced' | 'cautious'

/** How a running agent tells what it does: Claude Code's hooks, or only the sentinels it calls itself. */
export type Hooks = 'claude_code' | 'none'

/** The rules of a session. They are fixed when it begins: its workflow decides by them, and its agent is told the same. */
export interface AgentRules {
  readonly interactionMode: InteractionMode
  /** True when the agent closes its bead itself; then Gemba only checks. */
  readonly agentCloses: boolean
}

/** What a project knows of an agent type, and all of it that travels; how it is run, its hosts know by its name. */
export interface KnownAgent extends AgentRules {
  readonly name: string
  /** Sessions of this type at a time on one host. */
  readonly maxParallel: number
}

/** One `[[agent]]` of `.gemba/agents.toml`, as a host runs it. */
export interface AgentType extends KnownAgent {
  /** The program; looked up on the host's PATH. `gemba:scripted` is the example agent that ships with Gemba. */
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly model: string | null
  readonly hooks: Hooks
  /** How the preamble reaches it: as the first argument, or by a file it is told of in `GEMBA_PREAMBLE`. */
  readonly preamble: 'argument' | 'file'
  /** What is typed to make it quit. */
  readonly quit: string
}

export function rulesOf({ interactionMode, agentCloses }: AgentRules): AgentRules {
  return { interactionMode, agentCloses }
}

/** What may be known of an agent type outside of its hosts. */
export function knownAgent({ name, maxParallel, interactionMode, agentCloses }: AgentType): KnownAgent {
  return { name, maxParallel, interactionMode, agentCloses }
}

/** What becomes of a bead's branch when it is done (design, product decisions). */
export type IntegrationPolicy = 'merge' | 'push' | 'pr' | 'none'

/** What a project knows of a repository, and all of it that travels; where it lies, its hosts know by its id. */
export interface KnownRepository {
  readonly id: string
  readonly base: string
  readonly integration: IntegrationPolicy
  /** Bead id prefixes that belong here. */
  readonly prefixes: readonly string[]
}

/** One `[[repository]]` of the project's configuration, as it is on a host. */
export interface Repository extends KnownRepository {
  /** Absolute path on the host. */
  readonly path: string
  readonly remote: string
}

/** What may be known of a repository outside of its hosts. */
export function knownRepository({ id, base, integration, prefixes }: Repository): KnownRepository {
  return { id, base, integration, prefixes }
}

/** The repository of a bead: by label `repo:<id>`, else by prefix, else the only one. Undefined when it is not clear. */
export function repositoryOf(
  bead: { readonly id: string; readonly labels: readonly string[] },
  repositories: readonly KnownRepository[],
): KnownRepository | undefined {
  const label = bead.labels.find((text) => text.startsWith('repo:'))
  if (label !== undefined) return repositories.find((repository) => repository.id === label.slice('repo:'.length))
  const byPrefix = repositories.filter((repository) =>
    repository.prefixes.some((prefix) => bead.id.startsWith(`${prefix}-`)),
  )
  if (byPrefix.length === 1) return byPrefix[0]
  return repositories.length === 1 && byPrefix.length === 0 ? repositories[0] : undefined
}
