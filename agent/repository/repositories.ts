import type { Repository } from '../../model/agent.ts'
import type { IntegrateOutcome } from '../../model/orchestration-plane.ts'
import { ExecError } from '../../runtime/exec.ts'
import type { BeadPlace } from './bead-place.ts'
import { said } from './git.ts'
import { integrate, type IntegrateBead } from './integration.ts'
import { unusable } from './opened-repository.ts'
import { checkRepository } from './repository-check.ts'
import { ensureWorktree, isIntegrated, removeWorktree, type RemovedWorktree, type Worktree } from './worktree.ts'

/**
 * The git repositories of one host: where beads are worked (seed 003, "StartSession dispatch") and how their work
 * reaches the base branch (design, "Work is integrated"). Every method is repeat-safe. Nothing an agent left in a
 * repository (hooks, file watchers, filters) is run by these calls.
 */
export interface Repositories {
  /**
   * Throws `repository_unusable` when no bead could be worked here: no git repository, bare, without commits, its base
   * or the remote of its policy missing; `tool_missing` or `tool_too_old` without a git that is of use.
   */
  check(repository: Repository): Promise<void>
  /** Like `check`, but what was found right within the last ten minutes is not looked at again. */
  requireUsable(repository: Repository): Promise<void>
  /**
   * The bead's worktree in `<repository>/.gemba/worktrees/<bead>`, made when it is missing, else as it was left.
   * Throws `worktree_conflict` when the folder or the branch is used by something else, `repository_unusable` as `check`.
   */
  ensureWorktree(place: BeadPlace): Promise<Worktree>
  /** Brings the bead's commits to the base, as the repository's policy says. Trouble that a person decides is an outcome, not an error. */
  integrate(request: IntegrateBead): Promise<IntegrateOutcome>
  /** Removes the worktree, and a merged branch, when that loses nothing: clean, and reachable from the base or a remote. */
  removeWorktree(place: BeadPlace): Promise<RemovedWorktree>
  /**
   * Whether the bead's work is integrated, as it is at this moment: there was work, no file is uncommitted, and every
   * commit is reachable from the base. False as long as a worktree has no commits of its own: somebody may just begin.
   */
  isIntegrated(place: BeadPlace): Promise<boolean>
}

/** Milliseconds that a check which found nothing wrong holds. */
const checkHolds = 600_000

/** The repositories of this host. Holds nothing open. */
export function openRepositories(): Repositories {
  const usable = new Map<string, number>()
  const check = async (repository: Repository): Promise<void> => {
    const key = JSON.stringify(repository)
    usable.delete(key)
    await coded(repository, checkRepository(repository))
    usable.set(key, performance.now())
  }
  return {
    check,
    requireUsable: async (repository) => {
      const found = usable.get(JSON.stringify(repository))
      if (found === undefined || performance.now() - found > checkHolds) await check(repository)
    },
    ensureWorktree: (place) => coded(place.repository, ensureWorktree(place)),
    integrate: (request) => coded(request.repository, integrate(request)),
    removeWorktree: (place) => coded(place.repository, removeWorktree(place)),
    isIntegrated: (place) => coded(place.repository, isIntegrated(place)),
  }
}

/** A git command that failed where none should is told as `repository_unusable`. */
async function coded<T>(repository: Repository, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof ExecError)) throw error
    throw unusable(repository, said({ stdout: '', stderr: error.message }), error)
  }
}
