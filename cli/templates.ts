/** A new `.gemba/gemba.toml`. */
export function projectTemplate(project: {
  id: string
  name: string
  /** Default: the id. */
  prefix?: string
  base: string
  example?: boolean
  agent?: string
}): string {
  return `# The project. Every key: docs/reference/configuration.md, or: gemba config explain

[project]
id = ${quoted(project.id)}
name = ${quoted(project.name)}
prefix = ${quoted(project.prefix ?? project.id)}
${project.example === true ? 'example = true\n' : ''}
[beads]
# A Dolt server over a folder of the project. For one of your own:
# url = "mysql://user@host:3306/database"
embedded = true

[[repository]]
id = ${quoted(project.id)}
path = "."
base = ${quoted(project.base)}
# merge, push, pr or none
integration = "merge"

[server]
listen = "127.0.0.1:7666"

[limits]
max_sessions = 6

[agents]
default = ${quoted(project.agent ?? 'claude')}
`
}

/** A new `.gemba/agents.toml`; the named agent stands first. */
export function agentsTemplate(first: 'claude' | 'scripted'): string {
  const claude = `[[agent]]
name = "claude"
command = "claude"
# dangerous, balanced or cautious
interaction_mode = "balanced"
max_parallel = 6
`
  const scripted = `# A plain program that works without any account; good for a look around.
[[agent]]
name = "scripted"
command = "gemba:scripted"
max_parallel = 6
`
  const agents = first === 'claude' ? [claude, scripted] : [scripted, claude]
  return `# The agents that may work here.\n\n${agents.join('\n')}`
}

/** A TOML basic string. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/\u007f/g, '\\u007f')
}
