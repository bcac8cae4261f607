import type { Repository } from '../../model/agent.ts'
import { GembaError } from '../../model/error.ts'
import { gitVersion } from './git.ts'
import { openRepository, readBranches, requireBase, unusable } from './opened-repository.ts'

/** `merge-tree --write-tree` came with it. */
const oldest = [2, 38] as const

/** Throws `repository_unusable` (or `tool_missing`) when no bead could be worked in `repository`. */
export async function checkRepository(repository: Repository): Promise<void> {
  const [major, minor] = await gitVersion()
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    throw new GembaError('tool_missing', {
      tool: 'git',
      why: `version ${major}.${minor} is too old`,
      fix: `Install git ${oldest.join('.')} or newer.`,
    })
  }
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
