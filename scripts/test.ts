import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { printError } from '../cli/output.ts'
import { createReport } from '../runtime/terminal.ts'
import { relay, root } from './node24.mjs'
import { alone, installDependencies } from './prepare.ts'
import { addFailure, readCounts, resultsFile } from './test-counts.ts'

/** The other half of `npm test`, on Node 24: dependencies, build, programs, then every test. Arguments go to vitest. */
async function test(args: readonly string[]): Promise<number> {
  const report = createReport()
  const env = await alone(report, async () => {
    await installDependencies(report)
    const { build } = await import('./build.ts')
    await build(report)
    const { testEnvironment } = await import('./test-programs.ts')
    return testEnvironment(report)
  })
  mkdirSync(join(root, '.cache'), { recursive: true })
  rmSync(resultsFile, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultsFile}`]
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const code = await relay(process.execPath, [vitest, 'run', ...reporters, ...args], { cwd: root, env })
  if (code !== 0 && readCounts().failed === 0) addFailure('beside the tests')
  const { passed, failed } = readCounts()
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  return code === 0 && failed > 0 ? 1 : code
}

try {
  process.exitCode = await test(process.argv.slice(2))
} catch (error) {
  printError(error, false)
  process.stdout.write('0 passed, 1 failed\n')
  process.exitCode = 1
}
