import type { OrchestrationManifest } from '../../../model/orchestration-plane.ts'

/** What the native backend can do, wherever it runs. */
export function nativeManifest(version: string): OrchestrationManifest {
  return {
    adaptor: 'native',
    version,
    workspaceKinds: ['worktree'],
    peek: ['screen'],
    liveTerminal: true,
    input: true,
  }
}
