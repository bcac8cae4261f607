import type { WorkPlane } from '../model/work-plane.ts'
import { openBeads } from '../planes/work/beads-sql.ts'
import { createBeads } from '../planes/work/create-beads.ts'
import { beadsLogin } from '../planes/work/login.ts'
import type { ServerSettings } from '../runtime/settings.ts'
import { seedExample } from './example-seed.ts'

/** Opens the project's Beads database; in embedded mode it is created first, and the example's is filled. Repeat-safe. */
export async function openProjectBeads(settings: ServerSettings): Promise<WorkPlane> {
  const { beads, project } = settings
  const login = beadsLogin(beads)
  if (beads.embedded) await createBeads({ ...login, prefix: project.prefix })
  const plane = await openBeads(login)
  if (settings.example) await seedExample(plane)
  return plane
}
