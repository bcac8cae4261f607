import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import { GembaError } from '../../model/error.ts'
import { cacheFolder } from './cache-folder.mjs'

export type ToolName = 'temporal' | 'dolt' | 'tmux' | 'git' | 'go' | 'bd' | 'gt' | 'chromium' | 'claude' | 'codex'

/** Pinned versions of what set-up obtains; the cache is keyed by them. tmux is what the system's packages have. */
export const pinned = { temporal: '1.5.1', dolt: '1.86.4', tmux: 'debian' } as const

/** Where set-up puts the executable of a pinned tool. */
export function cachedTool(tool: keyof typeof pinned, env: NodeJS.ProcessEnv = process.env): string {
  return join(cacheFolder(env), 'tools', `${tool}-${pinned[tool]}`, tool)
}

/** Finds a program: `GEMBA_<TOOL>`, then PATH, then the cache. Undefined when it is nowhere. */
export function findTool(tool: ToolName, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env[`GEMBA_${tool.toUpperCase()}`]
  if (named !== undefined && named !== '') return isExecutable(named) ? resolve(named) : undefined
  const onPath = findProgram(tool, env)
  if (onPath !== undefined) return onPath
  if (!(tool in pinned)) return undefined
  const cached = cachedTool(tool as keyof typeof pinned, env)
  return isExecutable(cached) ? cached : undefined
}

/**
 * Finds a program on PATH alone. Relative folders there, such as `.`, are passed over: in a repository they would
 * let the repository choose what runs.
 */
export function findProgram(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

/** Like `findTool`, but what is nowhere is a `tool_missing`. */
export function locateTool(tool: ToolName, env: NodeJS.ProcessEnv = process.env): string {
  const found = findTool(tool, env)
  if (found !== undefined) return found
  throw new GembaError('tool_missing', {
    tool,
    why: 'it is neither on PATH nor in the cache',
    fix: 'Run `gemba doctor --fix`.',
  })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
