import { GembaError } from '../model/error.ts'
import { projectFileSchema } from '../model/schema/project-file.ts'
import { readConfigFile } from './config-file.ts'
import { configPaths } from './config.ts'
import { withoutSecrets } from './url-secrets.ts'

/**
 * The files of a project's configuration that no agent has to look at: how agents are run, and the project's own file
 * when an address in it may hold a password.
 */
export function withheldConfiguration(folder: string): string[] {
  const { project, agents } = configPaths(folder)
  return mayHoldSecret(project) ? [agents, project] : [agents]
}

/** A file that is not understood may hold one. */
function mayHoldSecret(file: string): boolean {
  try {
    const { beads, store } = readConfigFile(file, projectFileSchema)?.content ?? {}
    return [beads?.url, store?.url].some((url) => url !== undefined && withoutSecrets(url) !== url)
  } catch (error) {
    if (error instanceof GembaError) return true
    throw error
  }
}
