import { rmSync, statSync } from 'node:fs'
import { parseJsonObject } from '../../model/json.ts'
import type { ProcessIdentity } from '../../runtime/process-identity.ts'
import { readFileIfAny, writeFileAtomic } from '../atomic-file.ts'
import { baseFile, type OpenedRepository } from './opened-repository.ts'

/** That git is about to move the base in its checkout; stays until it is known how that ended. */
export interface MoveIntent {
  readonly from: string
  readonly to: string
  /** The checkout's folder. */
  readonly checkout: string
  /** The git that does it, noted before it begins. */
  readonly git: ProcessIdentity
}

export function writeIntent(opened: OpenedRepository, intent: MoveIntent): void {
  writeFileAtomic(baseFile(opened, 'move'), JSON.stringify(intent))
}

/** The move that was begun and of whose end nobody knows, and when it was begun in milliseconds. */
export function readIntent(opened: OpenedRepository): { intent: MoveIntent; since: number } | undefined {
  const path = baseFile(opened, 'move')
  const text = readFileIfAny(path)
  if (text === undefined) return undefined
  const intent = parseIntent(text)
  if (intent !== undefined) return { intent, since: statSync(path).mtimeMs }
  dropIntent(opened)
  return undefined
}

export function dropIntent(opened: OpenedRepository): void {
  rmSync(baseFile(opened, 'move'), { force: true })
}

function parseIntent(text: string): MoveIntent | undefined {
  const { from, to, checkout, git } = parseJsonObject(text) ?? {}
  const { pid, start } = (typeof git === 'object' && git !== null ? git : {}) as Partial<ProcessIdentity>
  const commit = /^[0-9a-f]{40,64}$/
  if (typeof from !== 'string' || typeof to !== 'string' || !commit.test(from) || !commit.test(to)) return undefined
  if (typeof checkout !== 'string' || typeof pid !== 'number' || typeof start !== 'string') return undefined
  return { from, to, checkout, git: { pid, start } }
}
