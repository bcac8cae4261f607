import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WrittenFrame } from '../../agent/sentinels/frame-file.ts'
import type { RunningGemba } from '../system/running-gemba.ts'

/** A description that tells the scripted agent what to do. */
export function script(...steps: readonly string[]): string {
  return ['```gemba-steps', ...steps, '```', ''].join('\n')
}

export function framesFile({ project }: RunningGemba, session: string): string {
  return join(project.folder, '.gemba', 'data', 'host', 'sessions', session, 'frames.jsonl')
}

/** The frames that a session's agent has written, in order. */
export function framesOf(gemba: RunningGemba, session: string): WrittenFrame[] {
  const lines = readFileSync(framesFile(gemba, session), 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as WrittenFrame)
}
