import { afterAll, expect, inject } from 'vitest'
import { describeLeftovers, endLeftovers, isNothing, leftoversOf } from './leftovers.ts'
import { enterRun } from './test-run.ts'

// vitest runs this in the process of each test file, before it. The file fails when it leaves something behind.
const run = inject('testRun')
const file = await enterRun(run, expect.getState().testPath ?? 'unknown')

// Registered first, so it runs after the file's own hooks.
afterAll(async () => {
  const left = await leftoversOf(run, file, inject('leftoversGraceMs'))
  await endLeftovers(run, file)
  if (isNothing(left)) return
  const lines = describeLeftovers(left).map((line) => `  ${line}`)
  throw new Error(
    ['This test file left behind:', ...lines, 'All has been ended and removed. Release it where it is acquired.'].join(
      '\n',
    ),
  )
}, 30_000)
