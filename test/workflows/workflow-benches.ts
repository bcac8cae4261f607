import { afterAll, beforeAll } from 'vitest'
import { startTemporal, type TestTemporal } from '../temporal-server.ts'
import { openWorkflowBench, testConfig } from './bench-of-doubles.ts'

/** One Temporal for the tests of a file, and a bench of a project of its own for each. Call it where a file begins. */
export function workflowBenches() {
  let temporal: TestTemporal | undefined
  let projects = 0
  const running = (): TestTemporal => {
    if (temporal === undefined) throw new Error('the bench opens with the first test')
    return temporal
  }
  beforeAll(async () => {
    temporal = await startTemporal()
  })
  afterAll(() => temporal?.release())
  return {
    temporal: running,
    bench(config: Parameters<typeof openWorkflowBench>[2] = testConfig) {
      projects += 1
      return openWorkflowBench(running(), `p${projects}`, config)
    },
  }
}
