import { mkdirSync } from 'node:fs'
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path'
import { GembaError } from '../../../model/error.ts'
import type { AgentType } from '../../../model/agent.ts'
import { findProgram } from '../../../runtime/tools/locate.ts'
import { writeFileAtomic } from '../../atomic-file.ts'
import { shellWord } from '../../claude-code.ts'
import { entryPath } from '../../entry.ts'

/**
 * What a child may see of the host's environment: no secrets of ours, but what the agents' own programs sign in with and
 * how they reach the network. Anything else is named in `[agent.env]`.
 */
const inherited =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|TZ|LANG|LC_[A-Z]+|(?:ANTHROPIC|CLAUDE|OPENAI|CODEX)_[A-Z0-9_]+|(?:https?|no|HTTPS?|NO)_(?:proxy|PROXY)|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR))$/
const inheritedByTmux = /^(?:PATH|HOME|USER|LOGNAME|LANG|LC_[A-Z]+|TZ|TMUX_TMPDIR)$/
/** What tmux adds, besides `TERM`. */
const ofTmux = ['TMUX', 'TMUX_PANE', 'TMUX_TMPDIR', 'TERM_PROGRAM', 'TERM_PROGRAM_VERSION', 'COLORTERM']

/** What Gemba itself tells a session's programs. `[agent.env]` sets none of these, also where Gemba leaves one out. */
const sessionVariables = [
  'GEMBA_SESSION_ID',
  'GEMBA_AGENT_TYPE',
  'GEMBA_INTERACTION_MODE',
  'GEMBA_FRAMES',
  'GEMBA_BEAD',
  'GEMBA_PREAMBLE',
  'GEMBA_FENCE',
  'GEMBA_MODEL',
] as const

export type SessionVariables = Readonly<Partial<Record<(typeof sessionVariables)[number], string>>>

export interface ChildInput {
  readonly env: NodeJS.ProcessEnv
  /** Folder of the sentinels' wrappers; first on the child's PATH. */
  readonly bin: string
  readonly agent: AgentType
  readonly gemba: SessionVariables
}

/** The whole environment of an agent, apart from `TERM`, which is tmux's. */
export function childEnvironment(input: ChildInput): Record<string, string> {
  const env = { ...pick(input.env, inherited), ...pick(input.agent.env, /^[A-Za-z_][A-Za-z0-9_]*$/) }
  for (const name of sessionVariables) delete env[name]
  return {
    SHELL: '/bin/sh',
    LANG: 'C.UTF-8',
    ...env,
    PATH: [input.bin, env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'].join(delimiter),
    ...input.gemba,
  }
}

/** The environment of our tmux client and server: panes are begun in it, so it holds no secrets. */
export function tmuxEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  return { LANG: 'C.UTF-8', ...pick(env, inheritedByTmux), SHELL: '/bin/sh' }
}

/**
 * A script that becomes the agent. It holds the environment, and with it perhaps the key of a model, so it deletes
 * itself first. Every word is quoted; none is a line of the script by itself.
 */
export function launcherText(
  self: string,
  folder: string,
  env: Readonly<Record<string, string>>,
  command: readonly string[],
): string {
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${shellWord(value.replaceAll('\0', ''))}`)
  return [
    `/bin/rm -f -- ${shellWord(self)}`,
    `unset ${ofTmux.join(' ')}`,
    `cd -- ${shellWord(folder)} || exit 66`,
    ...exports,
    `exec ${command.map((word) => shellWord(word.replaceAll('\0', ''))).join(' ')}`,
    '',
  ].join('\n')
}

/** The agent's program and the arguments that come before its own. Throws `agent_missing`. */
export function agentProgram(agent: AgentType, path: string): readonly string[] {
  if (agent.command === 'gemba:scripted') return [process.execPath, entryPath('scripted-agent')]
  const { command, name } = agent
  const found = command.includes('/')
    ? findProgram(basename(command), { PATH: dirname(command) })
    : findProgram(command, { PATH: path })
  // A relative folder of PATH would be one of the worktree, where the agent's own files lie.
  if (command === '' || found === undefined || !isAbsolute(found))
    throw new GembaError('agent_missing', { agent: name, command })
  return [found]
}

/** Puts a small script for each sentinel into a folder for the agents' PATH. */
export function writeWrappers(bin: string): void {
  mkdirSync(bin, { recursive: true, mode: 0o700 })
  for (const name of ['gemba-bridge', 'gemba-state', 'gemba-ask'] as const) {
    const command = [process.execPath, entryPath(name)].map(shellWord).join(' ')
    writeFileAtomic(join(bin, name), `#!/bin/sh\nexec ${command} "$@"\n`, 0o700)
  }
}

function pick(env: Readonly<Record<string, string | undefined>>, names: RegExp): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value !== undefined && names.test(name) ? [[name, value]] : [])),
  )
}
