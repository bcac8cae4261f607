import { rmSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { describeLeftovers, endLeftovers, isNothing, leftoversOf } from './leftovers.ts'
import { endProcesses, kill, processesInProc, processesOf } from './run-processes.ts'
import { filesOf, interruptedRuns, openRun, pathOf, type TestFile, type TestRun } from './test-run.ts'

const graceMs = 2_000

/**
 * Opens a run of tests and, at its end, looks for what files left behind that could not look themselves: their process
 * died, or no hook ran. A run that was interrupted ends what it has started; one that was killed leaves that to the next.
 */
export default async function setUpRun(project: TestProject): Promise<() => Promise<void>> {
  for (const run of await interruptedRuns()) await closeRun(run)
  const run = await openRun()
  const atExit = (): void => abandonRun(run)
  const hangUp = (): never => process.exit(129)
  process.once('exit', atExit)
  process.once('SIGHUP', hangUp)
  project.provide('testRun', run)
  return async () => {
    const lines = await leftBehind(run)
    await closeRun(run)
    process.off('exit', atExit)
    process.off('SIGHUP', hangUp)
    if (lines.length === 0) return
    process.stderr.write(`Tests left behind:\n${lines.map((line) => `  ${line}\n`).join('')}`)
    process.exitCode = 1
  }
}

async function leftBehind(run: TestRun): Promise<string[]> {
  const lines: string[] = []
  for (const file of await unfinished(run)) {
    const left = await leftoversOf(run, file, graceMs)
    if (isNothing(left)) continue
    lines.push(...describeLeftovers(left).map((line) => `${pathOf(run, file.number)}: ${line}`))
    await endLeftovers(run, file)
  }
  return lines
}

/** Files that have not left the run, or of which a process lives. */
async function unfinished(run: TestRun): Promise<TestFile[]> {
  const known = filesOf(run)
  const numbers = new Set((await processesOf(run)).map((each) => each.file))
  for (const { number } of known) numbers.delete(number)
  return [...known, ...[...numbers].map((number) => ({ number, folder: `${run.folder}/${number}` }))]
}

async function closeRun(run: TestRun): Promise<void> {
  await endProcesses(() => processesOf(run))
  rmSync(run.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
}

/** At the exit of the process: there is no time to wait. */
function abandonRun(run: TestRun): void {
  kill(processesInProc(run))
  kill(processesInProc(run))
  rmSync(run.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
}
