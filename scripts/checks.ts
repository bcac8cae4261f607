import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { relay, root } from './node24.mjs'
import { readCounts } from './test-counts.ts'

const bin = (path: string): string => join(root, 'node_modules', path)

/** Each check is a program that ends with 0 when all is well. Boundaries are proven by `test/boundaries.test.ts`. */
const checks: readonly (readonly [name: string, file: string, ...args: string[]])[] = [
  ['lint', bin('eslint/bin/eslint.js'), '--max-warnings=0', '.'],
  ['format', bin('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'],
  ['types', bin('typescript/bin/tsc'), '--noEmit'],
  ['types of the console', bin('vue-tsc/bin/vue-tsc.js'), '--noEmit', '-p', 'web/tsconfig.json'],
  ['dead code', bin('knip/bin/knip.js')],
  ['code that only tests reach', bin('knip/bin/knip.js'), '--production'],
  ['docs are fresh', join(root, 'scripts/docs.ts'), '--check'],
  ['OpenAPI is fresh', join(root, 'scripts/openapi.ts'), '--check'],
  ["the console's client is fresh", join(root, 'web/generate.ts')],
]

/** Written anew by its check; a difference is the finding, and the file is left as it was. */
const rewritten: Readonly<Record<string, string>> = {
  "the console's client is fresh": join(root, 'web/src/api/schema.generated.ts'),
}

/** Runs all checks, then prints one line for each and, with `--with-tests`, the counts of the last `npm test` as well. */
async function check(withTests: boolean, only: readonly string[]): Promise<number> {
  const chosen = checks.filter(([name]) => only.length === 0 || only.includes(name))
  const outcomes: { name: string; ok: boolean }[] = []
  for (const [name, file, ...args] of chosen) {
    const before = readOrEmpty(rewritten[name])
    const code = await relay(process.execPath, [file, ...args], { cwd: root })
    outcomes.push({ name, ok: code === 0 && restore(rewritten[name], before) })
  }
  for (const { name, ok } of outcomes) process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name}\n`)
  const tests = withTests ? readCounts() : { passed: 0, failed: 0 }
  const failed = tests.failed + outcomes.filter(({ ok }) => !ok).length
  process.stdout.write(`${tests.passed + outcomes.filter(({ ok }) => ok).length} passed, ${failed} failed\n`)
  return failed === 0 ? 0 : 1
}

function readOrEmpty(file: string | undefined): string {
  return file === undefined || !existsSync(file) ? '' : readFileSync(file, 'utf8')
}

/** Whether the file is as it was before; when not, it is made so again. */
function restore(file: string | undefined, before: string): boolean {
  if (file === undefined || readOrEmpty(file) === before) return true
  writeFileSync(file, before)
  return false
}

const words = process.argv.slice(2)
process.exitCode = await check(
  words.includes('--with-tests'),
  words.filter((word) => !word.startsWith('--')),
)
