import { GembaError } from '../../model/error.ts'
import type { Database } from './database.ts'

/**
 * Refuses, as bd does, with `work_plane_unavailable` when the database belongs to another project than the folder that
 * names it: another server may have come to its port. Nothing is compared where one of them does not say.
 */
export async function requireProject(database: Database, project: string): Promise<void> {
  if (project === '') return
  const found = await database.read((reading) =>
    reading
      .rows<{ value: string }>("SELECT value FROM metadata WHERE `key` = '_project_id'")
      // What is no Beads database at all is found out elsewhere, in better words.
      .catch(() => []),
  )
  const theirs = found[0]?.value ?? ''
  if (theirs === '' || theirs === project) return
  const why = `the server serves the database of another project, ${named(theirs)}, than that of the folder, ${named(project)}`
  throw new GembaError('work_plane_unavailable', { why })
}

/** Either side may say anything. */
function named(project: string): string {
  return project.replace(/[^\w-]/g, '?').slice(0, 40)
}
