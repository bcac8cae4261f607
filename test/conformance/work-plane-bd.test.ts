import { describe } from 'vitest'
import { openBdFolder } from '../../planes/work/bd/open-bd-folder.ts'
import { sqlLoginOf } from '../../planes/work/bd/discover-beads.ts'
import { bdVersion, filesProblem } from '../bd/bd-program.ts'
import { openPlain } from '../bd/bead-rows.ts'
import { makeBdFolder, sqlOnFiles } from '../bd/bd-folder.ts'
import { startDoltServer } from '../dolt-server.ts'
import { workPlaneConformance } from './work-plane.ts'
import type { OpenWorkPlane, Traits } from './work-plane/work-plane-bench.ts'

const { version, why } = await bdVersion()
const noFiles = await filesProblem()
if (version !== undefined && noFiles !== undefined) console.warn(`Skipped, as ${noFiles}: bd in files.`)
if (version === undefined)
  console.warn(`Skipped, as ${why}: the bd adaptor's conformance; its parsing is still tested.`)

/** What bd does otherwise, or can not do. */
const traits: Omit<Traits, 'leavesOthersUncommitted'> = {
  compareAndSet: false,
  aheadMs: 1_000,
  clearsEstimates: false,
  changesLongTexts: false,
  commitsAsPerson: false,
  datesEdges: false,
  datesLabels: false,
}

const onServer: OpenWorkPlane = async (onRelease) => {
  const server = await startDoltServer()
  onRelease(() => server.release())
  const made = await makeBdFolder({ server, database: 'conformance' })
  onRelease(() => made.release())
  const options = { folder: made.folder.root, slowMs: 0, env: made.env }
  const { plane } = await openBdFolder(options)
  onRelease(() => plane.disconnect())
  const { plane: second } = await openBdFolder(options)
  onRelease(() => second.disconnect())
  const login = sqlLoginOf(made.folder)
  if (login === undefined) throw new Error('the folder names no server')
  const outsider = openPlain(login)
  onRelease(() => outsider.close())
  return { plane, second, outsider, traits }
}

const inFiles: OpenWorkPlane = async (onRelease) => {
  const made = await makeBdFolder()
  onRelease(() => made.release())
  const options = { folder: made.folder.beads, slowMs: 0, env: made.env }
  const { plane } = await openBdFolder(options)
  onRelease(() => plane.disconnect())
  const { plane: second } = await openBdFolder(options)
  onRelease(() => second.disconnect())
  return {
    plane,
    second,
    outsider: { rows: await sqlOnFiles(made.folder) },
    traits: { ...traits, leavesOthersUncommitted: false },
  }
}

describe.skipIf(version === undefined)(`with ${version ?? `bd, but ${why}`}`, () => {
  workPlaneConformance('bd on a server', onServer, 600_000)
  describe.skipIf(noFiles !== undefined)(noFiles ?? 'without a server', () => {
    workPlaneConformance('bd in files', inFiles, 600_000)
  })
})
