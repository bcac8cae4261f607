import { fileURLToPath } from 'node:url'
import { exec } from '../../runtime/exec.ts'
import type { TestProject } from '../system/running-gemba.ts'
import { consoleAddress, type Bench } from './bench-scope.ts'
import { openAndPaint } from './console-browser.ts'
import { clock, repeated, type Measure } from './measure.ts'

const gembaCommand = fileURLToPath(new URL('../../scripts/gemba.mjs', import.meta.url))
const rounds = 3
/** On a slow or busy machine there are fewer rounds. */
const longestMs = 50_000

/** From the command to "ready" and to the painted console: on an empty project, on the same again, and a second time. */
export const startUp: Measure = {
  name: 'start-up',
  title: 'Start',
  async run(bench) {
    // The browser itself is not what is measured.
    await bench.profile()
    const cold: Started[] = []
    const warm: Started[] = []
    const second: number[] = []
    const begun = performance.now()
    for (let round = 0; round < rounds && performance.now() - begun < longestMs; round += 1) {
      const project = await bench.project()
      cold.push(await startOnce(bench, project))
      warm.push(await startOnce(bench, project, async () => void second.push(...(await startSecond(project)))))
    }
    const pick = (starts: readonly Started[], key: keyof Started): number[] => starts.map((start) => start[key])
    return [
      { what: 'cold start → ready', unit: 'ms', samples: pick(cold, 'ready'), note: 'empty project, tools present' },
      { what: 'cold start → console painted', unit: 'ms', samples: pick(cold, 'painted') },
      { what: 'warm start → ready', unit: 'ms', samples: pick(warm, 'ready') },
      { what: 'warm start → console painted', unit: 'ms', samples: pick(warm, 'painted') },
      { what: 'second start while it runs → its answer', unit: 'ms', samples: second },
      {
        what: 'Ctrl-C → everything has ended',
        unit: 'ms',
        samples: [...pick(cold, 'stopped'), ...pick(warm, 'stopped')],
      },
    ]
  },
}

interface Started {
  readonly ready: number
  readonly painted: number
  readonly stopped: number
}

async function startOnce(bench: Bench, project: TestProject, whileUp?: () => Promise<void>): Promise<Started> {
  const begun = clock()
  const gemba = await bench.start(project)
  const ready = clock() - begun
  const context = await bench.profile()
  const { at } = await openAndPaint(context, consoleAddress(gemba), '[data-lane], [data-nothing]')
  await context.close()
  await whileUp?.()
  const stopping = clock()
  await gemba.stop()
  return { ready, painted: at - begun, stopped: clock() - stopping }
}

async function startSecond({ folder, port }: TestProject): Promise<number[]> {
  return repeated(2, async () => {
    const listen = ['--listen', `127.0.0.1:${port}`, '--no-open']
    const { code, stderr } = await exec(process.execPath, [gembaCommand, 'serve', folder, ...listen])
    if (code !== 4) throw new Error(`a second serve ended with ${code}: ${stderr}`)
  })
}
