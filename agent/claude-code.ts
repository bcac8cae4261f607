import { entryPath } from './entry.ts'

/** The lifecycle events that Claude Code tells the bridge of (facts/agents.md). */
export const bridgedHooks = [
  'SessionStart',
  'UserPromptSubmit',
  'PreToolUse',
  'PostToolUse',
  // At once when a dialog opens; the notification of it comes seconds later, and not to somebody who types.
  'PermissionRequest',
  'Notification',
  'Stop',
  'SubagentStop',
  'SessionEnd',
] as const

/** Grows when the hooks change; an older block is replaced by `installBridge`. */
export const bridgeVersion = 2

export interface HookEntry {
  readonly matcher?: string
  readonly hooks: readonly { readonly type: 'command'; readonly command: string; readonly timeout: number }[]
}

/** Claude Code's `hooks` setting that calls the bridge. Outside a Gemba session each hook ends at once. */
export function bridgeHooks(): Record<string, HookEntry[]> {
  return Object.fromEntries(
    bridgedHooks.map((hook) => {
      const entry: HookEntry = { hooks: [{ type: 'command', command: bridgeCommand(hook), timeout: 10 }] }
      return [hook, [hook.endsWith('ToolUse') ? { matcher: '*', ...entry } : entry]]
    }),
  )
}

/**
 * The settings of one session, given by `--settings`: nothing is installed in the repository. `withheld` are files and
 * folders that the agent neither reads nor changes, not even when it may do everything else.
 */
export function sessionSettings(preamble: string, withheld: readonly string[]): string {
  const allow = ['Bash(gemba-state:*)', 'Bash(gemba-ask:*)', rule('Read', preamble)]
  // Its own dialog for questions would reach people as a permission; gemba-ask brings them with their choices.
  const deny = ['AskUserQuestion', ...withheld.flatMap((path) => [rule('Read', path), rule('Edit', path)])]
  return JSON.stringify({ hooks: bridgeHooks(), permissions: { allow, deny } }, undefined, 2)
}

/** Whether a hook's command is ours, of any version. */
export function isBridgeCommand(command: string): boolean {
  return /# gemba-bridge \d+$/.test(command)
}

/** A program and its arguments as one line for a shell. */
export function shellWord(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

/** A rule about one absolute path, or all below it. A path is a pattern there, with a slash more for the root. */
function rule(tool: 'Read' | 'Edit', path: string): string {
  return `${tool}(/${path.replace(/[\\*?[\]!#()]/g, '\\$&')})`
}

function bridgeCommand(hook: string): string {
  const program = [process.execPath, entryPath('gemba-bridge'), hook].map(shellWord).join(' ')
  return `[ -z "$GEMBA_FRAMES" ] || exec ${program} # gemba-bridge ${bridgeVersion}`
}
