import type { Repository } from '../../model/agent.ts'
import { requireRecent } from '../../runtime/tools/ensure.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { openRepository, readBranches, requireBase, unusable } from './opened-repository.ts'

/** Throws `repository_unusable`, `tool_missing` or `tool_too_old` when no bead could be worked in `repository`. */
export async function checkRepository(repository: Repository): Promise<void> {
  await requireRecent('git', locateTool('git'))
  const opened = await openRepository(repository)
  await requireBase(opened, await readBranches(opened, [repository.base]))
  if (repository.integration !== 'push' && repository.integration !== 'pr') return
  if (opened.git.setting(`remote.${repository.remote}.url`) === undefined) {
    throw unusable(
      repository,
      `it has no remote ${repository.remote}, which its policy ${repository.integration} needs`,
    )
  }
}
