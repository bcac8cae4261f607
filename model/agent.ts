/** How the agent's questions and blockers are treated (seed 003, `.gemba/agents.toml`). */
export type InteractionMode = 'dangerous' | 'balanced' | 'cautious'

/** How a running agent tells what it does: Claude Code's hooks, or only the sentinels it calls itself. */
export type Hooks = 'claude_code' | 'none'

/** One `[[agent]]` of `.gemba/agents.toml`. */
export interface AgentType {
  readonly name: string
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
  readonly interactionMode: InteractionMode
  /** Sessions of this type at a time on one host. */
  readonly maxParallel: number
  /** True when the agent closes its bead itself; then Gemba only checks. */
  readonly agentCloses: boolean
}

/** What becomes of a bead's branch when it is done (design, product decisions). */
export type IntegrationPolicy = 'merge' | 'push' | 'pr' | 'none'

/** One `[[repository]]` of the project's configuration. */
export interface Repository {
  readonly id: string
  /** Absolute path on the host. */
  readonly path: string
  readonly base: string
  readonly integration: IntegrationPolicy
  readonly remote: string
  /** Bead id prefixes that belong here. */
  readonly prefixes: readonly string[]
}

/** The repository of a bead: by label `repo:<id>`, else by prefix, else the only one. Undefined when it is not clear. */
export function repositoryOf(
  bead: { readonly id: string; readonly labels: readonly string[] },
  repositories: readonly Repository[],
): Repository | undefined {
  const label = bead.labels.find((text) => text.startsWith('repo:'))
  if (label !== undefined) return repositories.find((repository) => repository.id === label.slice('repo:'.length))
  const byPrefix = repositories.filter((repository) =>
    repository.prefixes.some((prefix) => bead.id.startsWith(`${prefix}-`)),
  )
  if (byPrefix.length === 1) return byPrefix[0]
  return repositories.length === 1 && byPrefix.length === 0 ? repositories[0] : undefined
}
