import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addFailure, readCounts } from './test-counts.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gemba-counts-'))
  file = join(folder, 'results.json')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const passed = { name: 'a.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }] }
const left = { name: 'b.test.ts', status: 'failed', assertionResults: [{ status: 'passed' }] }
const failed = { name: 'c.test.ts', status: 'failed', assertionResults: [{ status: 'failed' }] }

it('counts a file that failed as a whole, and what failed beside all files', () => {
  writeFileSync(file, JSON.stringify({ numPassedTests: 2, numFailedTests: 1, testResults: [passed, left, failed] }))
  expect(readCounts(file)).toEqual({ passed: 2, failed: 2 })
  addFailure('beside the tests', file)
  expect(readCounts(file)).toEqual({ passed: 2, failed: 3 })
})

it('counts a run without results as one failure', () => {
  expect(readCounts(file)).toEqual({ passed: 0, failed: 1 })
})
