import type { SpawnOptions } from 'node:child_process'

export const root: string
export function node24(): Promise<string>
export function relay(file: string, args: readonly string[], options?: SpawnOptions): Promise<number>
export function runOnNode24(file: string, args: readonly string[]): Promise<void>
