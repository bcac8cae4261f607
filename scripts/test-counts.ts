import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './node24.mjs'

/** Where `npm test` leaves its results. */
export const resultsFile = join(root, '.cache', 'test-results.json')

/** How many tests passed and failed. A file that could not even be loaded counts as one failure, no results as one. */
export function readCounts(file: string = resultsFile): { passed: number; failed: number } {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8')) as {
      numPassedTests: number
      numFailedTests: number
      testResults: readonly { status: string; assertionResults: readonly { status: string }[] }[]
    }
    const broken = results.testResults.filter(
      (each) => each.status === 'failed' && each.assertionResults.every((assertion) => assertion.status !== 'failed'),
    )
    return { passed: results.numPassedTests, failed: results.numFailedTests + broken.length }
  } catch {
    return { passed: 0, failed: 1 }
  }
}
