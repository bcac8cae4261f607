import { afterAll, beforeAll, describe } from 'vitest'
import { changes } from './work-plane/changes.ts'
import { claims } from './work-plane/claims.ts'
import { comments } from './work-plane/comments.ts'
import { creation } from './work-plane/creation.ts'
import { history } from './work-plane/history.ts'
import { lifeCycle } from './work-plane/life-cycle.ts'
import { otherPrograms } from './work-plane/other-programs.ts'
import { relations } from './work-plane/relations.ts'
import { updates } from './work-plane/updates.ts'
import { WorkPlaneBench, type OpenWorkPlane } from './work-plane/work-plane-bench.ts'

const parts = [creation, updates, lifeCycle, relations, comments, history, claims, changes, otherPrograms]

/** What every work plane promises (`model/work-plane.ts`), tried on a real database. `timeout`: milliseconds of a test. */
export function workPlaneConformance(name: string, open: OpenWorkPlane, timeout = 60_000): void {
  describe(`work plane: ${name}`, { timeout }, () => {
    const bench = new WorkPlaneBench()
    beforeAll(() => bench.open(open))
    afterAll(() => bench.release())
    for (const part of parts) part(bench)
  })
}
