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
  return `# The project. Every key, its value and what it means: gemba config explain

[project]
id = ${quoted(project.id)}
name = ${quoted(project.name)}
prefix = ${quoted(project.prefix ?? project.id)}
${project.example === true ? 'example = true\n' : ''}
[beads]
# Gemba runs a Dolt server for the beads. For one of your own, instead of the next line:
# url = "mysql://user@host:3306/database"
embedded = true

[[repository]]
id = ${quoted(project.id)}
path = "."
base = ${quoted(project.base)}
# What becomes of finished work: merge (here), push (to the base), pr (pushed for review) or none (left on its branch).
integration = "merge"

[server]
listen = "127.0.0.1:7666"

[limits]
max_sessions = 6

[agents]
default = ${quoted(project.agent ?? 'claude')}
`
}

/** A new `.gemba/agents.toml`. The scripted agent is the example's alone: it carries out what a bead's text says. */
export function agentsTemplate(options: { scripted: boolean }): string {
  const about = `# The agents that may work here; the first is the default. Every key: gemba config explain agent
# Keys of models may stand under [agent.env], so only you can read this file. Do not commit it then.
`
  const scripted = `# A plain program that carries out the steps written in a bead; it needs no account and costs nothing.
[[agent]]
name = "scripted"
command = "gemba:scripted"
max_parallel = 6
`
  const claude = `[[agent]]
name = "claude"
command = "claude"
# How much it asks: dangerous (hardly), balanced or cautious (much).
interaction_mode = "balanced"
# How many may work at a time.
max_parallel = 6
`
  return [about, ...(options.scripted ? [scripted] : []), claude].join('\n')
}

/** A TOML basic string. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/\u007f/g, '\\u007f')
}
