import { createBeads } from '../../planes/work/create-beads.ts'
import type { BeadsLogin } from '../../planes/work/login.ts'
import { startDoltServer } from '../dolt-server.ts'
import type { ApiClient } from '../system/api-client.ts'
import { eventually } from '../system/api-client.ts'
import { launchBeadsOnly } from '../system/beads-only-server.ts'
import { importBeads } from './backlog.ts'
import type { Bench } from './bench-scope.ts'
import { greatPlan, greatPlanBeads } from './great-plan.ts'
import { timed } from './measure.ts'

interface ServedPlan {
  readonly login: BeadsLogin
  readonly api: ApiClient
  /** How long its import took, in milliseconds. */
  readonly imported: number
}

/** The great plan in a Dolt server of its own, and `gemba serve --beads-only` over it. */
export async function serveGreatPlan(bench: Bench): Promise<ServedPlan> {
  const dolt = await startDoltServer()
  bench.onClose(() => dolt.release())
  const { host, port, user } = dolt
  const login: BeadsLogin = { host, port, user, database: 'plan' }
  await createBeads({ ...login, prefix: 'gm' })
  const imported = await timed(() => importBeads(login, greatPlanBeads()))
  const url = `mysql://${user}@${host}:${port}/${login.database}`
  const { api } = await launchBeadsOnly(['--beads-only', '--beads-url', url], {}, (end) => bench.onClose(end))
  await eventually('the plan is shown', async () => (await api.get<{ total: number }>('/board')) !== undefined)
  return { login, api, imported }
}

/** What `Finding`s say of it. */
export const planWords = `${greatPlan.beads.toLocaleString('en')} beads, ${greatPlan.inOneLane.toLocaleString('en')} in one lane, ${greatPlan.dependencies.toLocaleString('en')} dependencies`
