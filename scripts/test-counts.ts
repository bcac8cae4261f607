import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './node24.mjs'

/** Where `npm test` leaves its results. */
export const resultsFile = join(root, '.cache', 'test-results.json')

interface Results {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

/** How many tests passed and failed. A file that could not even be loaded counts as one failure, no results as one. */
export function readCounts(file: string = resultsFile): { passed: number; failed: number } {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8')) as Results
    const broken = results.testResults.filter(
      (each) => each.status === 'failed' && each.assertionResults.every((assertion) => assertion.status !== 'failed'),
    )
    return { passed: results.numPassedTests, failed: results.numFailedTests + broken.length }
  } catch {
    return { passed: 0, failed: 1 }
  }
}

/** Adds what failed though every test passed, such as the end of a run that found something left behind. */
export function addFailure(name: string, file: string = resultsFile): void {
  const results = JSON.parse(readFileSync(file, 'utf8')) as Results
  const testResults = [...results.testResults, { name, status: 'failed', assertionResults: [] }]
  writeFileSync(file, JSON.stringify({ ...results, testResults }))
}
