import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installation } from '../../runtime/installation.ts'
import { createReport } from '../../runtime/terminal.ts'
import { build } from '../../scripts/build.ts'
import { answerToKeys } from './answer-to-keys.ts'
import { Bench } from './bench-scope.ts'
import { ConsoleBrowser } from './console-browser.ts'
import { writeDocsPage } from './docs-page.ts'
import { dragToPane } from './drag-to-pane.ts'
import { frameToPixel } from './frame-to-pixel.ts'
import { hundredClients } from './hundred-clients.ts'
import { idle } from './idle.ts'
import { describeMachine, loadNow } from './machine.ts'
import type { Measure, Outcome } from './measure.ts'
import { toJson, toText } from './results.ts'
import { startUp } from './start-up.ts'
import { tenThousandBeads } from './ten-thousand-beads.ts'
import { thousandBeads } from './thousand-beads.ts'

const measures: readonly Measure[] = [
  dragToPane,
  frameToPixel,
  answerToKeys,
  thousandBeads,
  tenThousandBeads,
  hundredClients,
  idle,
  startUp,
]
const longestMs = 120_000
/** All measures together; one that would have less than `leastMs` of it is not begun. */
const allMs = 13 * 60_000
const leastMs = 45_000

const report = createReport()
const browser = new ConsoleBrowser()
let current: Bench | undefined

/** `npm run bench [-- [--write-docs] <measure>…]`: measures on real systems, prints a table, writes `bench-results.json`. */
async function main(words: readonly string[]): Promise<number> {
  const names = words.filter((word) => !word.startsWith('--'))
  const unknown = names.find((name) => measures.every((measure) => measure.name !== name))
  if (unknown !== undefined) {
    report.line(`There is no measure ${unknown}; there are ${measures.map(({ name }) => name).join(', ')}.`)
    return 2
  }
  const writesDocs = words.includes('--write-docs')
  await build(report)
  const begun = performance.now()
  const outcomes: Outcome[] = []
  for (const measure of measures.filter(({ name }) => names.length === 0 || names.includes(name))) {
    report.line(`${measure.title} …`)
    const left = allMs - (performance.now() - begun)
    const outcome =
      left < leastMs ? skipped(measure) : await runMeasure(measure, Math.min(measure.limitMs ?? longestMs, left))
    outcomes.push(outcome)
    process.stdout.write(`${toText(outcome)}\n`)
  }
  const results = { machine: await describeMachine(await browser.version()), outcomes }
  writeFileSync(join(installation().root, 'bench-results.json'), toJson(results))
  if (writesDocs) report.line(`Written: ${await writeDocsPage(results, names.length === 0)}`)
  return outcomes.every(({ failure }) => failure === null) ? 0 : 1
}

async function runMeasure(measure: Measure, limitMs: number): Promise<Outcome> {
  const bench = new Bench(browser)
  current = bench
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`it took longer than ${Math.round(limitMs / 1_000)} s`)),
    limitMs,
  )
  const begun = performance.now()
  const load = loadNow()
  const end = (): Pick<Outcome, 'name' | 'title' | 'seconds' | 'load'> => ({
    name: measure.name,
    title: measure.title,
    seconds: (performance.now() - begun) / 1_000,
    load: [load, loadNow()],
  })
  try {
    const findings = await Promise.race([measure.run(bench), late.promise])
    return { ...end(), findings, failure: null }
  } catch (error) {
    const why =
      error instanceof Error
        ? `${error.message}${error.cause === undefined ? '' : ` (${String(error.cause)})`}`
        : String(error)
    return { ...end(), findings: [], failure: why }
  } finally {
    clearTimeout(timer)
    await bench.close()
  }
}

function skipped({ name, title }: Measure): Outcome {
  return { name, title, findings: [], failure: 'there was no time left', seconds: 0, load: [loadNow(), loadNow()] }
}

async function release(): Promise<void> {
  await current?.close()
  await browser.close()
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    report.line('Stopping what was started.')
    void release().finally(() => process.exit(130))
  })
}
process.once('uncaughtException', (error) => {
  report.line(`The bench broke: ${error.stack ?? error.message}`)
  void release().finally(() => process.exit(1))
})
try {
  process.exitCode = await main(process.argv.slice(2))
} finally {
  await release()
}
