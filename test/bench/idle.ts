import { setTimeout as sleep } from 'node:timers/promises'
import { run } from '../../runtime/exec.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { eventually } from '../system/api-client.ts'
import type { RunningGemba } from '../system/running-gemba.ts'
import { script } from './agent-files.ts'
import { fillBacklog } from './backlog.ts'
import { consoleAddress, type Bench } from './bench-scope.ts'
import { openAndPaint } from './console-browser.ts'
import type { Finding, Measure } from './measure.ts'
import { watchProcesses, type Usage } from './process-usage.ts'

/** A process that has just started still compiles and collects in the background. */
const settleSeconds = 20
const seconds = 20
const viewingSeconds = 10
/** The host asks git once about an agent that was heard, when it next announces itself: that is no viewing. */
const announcedSeconds = 12
const own = ['supervisor', 'server', 'host'] as const

/** The whole system with a tab open and nothing happening; then with a waiting agent's terminal in the tab. */
export const idle: Measure = {
  name: 'idle',
  title: 'Idle with a tab open',
  async run(bench) {
    if (process.platform !== 'linux') return [{ what: 'idle', unit: 'count', samples: [], note: 'only on Linux' }]
    const gemba = await bench.gemba()
    await fillBacklog(gemba, 100)
    await openAndPaint(await bench.profile(), consoleAddress(gemba), '[data-bead]')
    await sleep(settleSeconds * 1_000)
    const usages = await watch(gemba, seconds)
    return [...findings(usages), ...(await viewing(bench, gemba))]
  },
}

function findings(usages: ReadonlyMap<string, Usage>): Finding[] {
  const of = (name: string): Usage | undefined => usages.get(name)
  const ours = own.flatMap((name) => of(name) ?? [])
  const sum = (pick: (usage: Usage) => number): number => ours.reduce((total, usage) => total + pick(usage), 0)
  const cpu = (what: string, value: number, more: Partial<Finding> = {}): Finding => ({
    what,
    unit: '% of a core',
    samples: [value],
    ...more,
  })
  return [
    cpu(
      "CPU of Gemba's own processes",
      sum((usage) => usage.cpuPercent),
      { aims: [{ at: 'p50', most: 1 }] },
    ),
    ...own.map((name) => cpu(`… ${name}`, of(name)?.cpuPercent ?? NaN)),
    cpu('CPU of Temporal', of('temporal')?.cpuPercent ?? NaN),
    cpu('CPU of Dolt', of('dolt')?.cpuPercent ?? NaN),
    forked(`processes forked in ${seconds} s`, [...usages.values()]),
    ...[...own, 'temporal', 'dolt'].map((name): Finding => {
      const usage = of(name)
      return { what: `memory of ${name}`, unit: 'MB', samples: [usage?.memory ?? NaN], note: usage?.memoryKind ?? '' }
    }),
  ]
}

/** An agent that asked something and waits, its live terminal on the screen. */
async function viewing(bench: Bench, gemba: RunningGemba): Promise<Finding[]> {
  const bead = await gemba.api.create({ title: 'Ask', description: script('ask Go on? | yes | no') })
  const session = await gemba.api.start(bead.id)
  await eventually('the question is open', async () =>
    (await gemba.api.escalations()).find((one) => one.bead === bead.id && one.state === 'open'),
  )
  await openAndPaint(await bench.profile(), consoleAddress(gemba, `/sessions/${session}`), '.xterm-screen')
  await sleep(announcedSeconds * 1_000)
  const usages = await watch(gemba, viewingSeconds)
  const tmux = await watchProcesses(await tmuxPid(gemba), 1, () => 'tmux')
  const ours = own.flatMap((name) => usages.get(name) ?? [])
  return [
    {
      what: 'with one waiting agent and its terminal open: CPU',
      unit: '% of a core',
      samples: [ours.reduce((sum, usage) => sum + usage.cpuPercent, 0)],
      note: own.map((name) => `${name} ${(usages.get(name)?.cpuPercent ?? NaN).toFixed(2)}`).join(', '),
    },
    forked(`with one waiting agent and its terminal open: processes forked in ${viewingSeconds} s`, [
      ...usages.values(),
      ...tmux.values(),
    ]),
  ]
}

function forked(what: string, usages: readonly Usage[]): Finding {
  const count = usages.reduce((sum, usage) => sum + usage.forks, 0)
  return { what, unit: 'count', samples: [count], aims: [{ at: 'p50', most: 0 }] }
}

async function watch(gemba: RunningGemba, time: number): Promise<ReadonlyMap<string, Usage>> {
  const names = ['temporal', 'dolt', 'server', 'host'] as const
  const groups = new Map(await Promise.all(names.map(async (name) => [await gemba.child(name), name] as const)))
  return watchProcesses(gemba.pid, time, (group) => groups.get(group) ?? 'supervisor')
}

async function tmuxPid({ project }: RunningGemba): Promise<number> {
  return Number(await run(locateTool('tmux'), ['-L', project.socket, 'display-message', '-p', '#{pid}']))
}
