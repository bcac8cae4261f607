import { join } from 'node:path'
import { run as runProgram } from '../../runtime/exec.ts'
import { installation } from '../../runtime/installation.ts'
import { eventually } from '../system/api-client.ts'
import type { RunningGemba } from '../system/running-gemba.ts'
import { framesFile, framesOf, script } from './agent-files.ts'
import { slowAgent } from '../system/slow-agent.ts'
import { consoleAddress, type Bench } from './bench-scope.ts'
import { openAndPaint, watchElement, type Look, type Looks } from './console-browser.ts'
import type { Finding, Measure } from './measure.ts'

const states = 24
const questions = 9

/** From the time that a sentinel writes into its frame to the painted change of the card on the board. */
export const frameToPixel: Measure = {
  name: 'frame-to-pixel',
  title: 'Frame → pixel',
  async run(bench) {
    const gemba = await bench.gemba({ agents: slowAgent })
    const stated = await statesShown(bench, gemba)
    const asked = await questionsShown(bench, gemba)
    const aims = [{ at: 'p95', most: 500 }] as const
    const all = [...stated, ...asked]
    return [
      series('frame → card painted, all frames', all, 'painted', { aims }),
      series('… state frame → card painted', stated, 'painted'),
      series('… question → card painted', asked, 'painted', { note: 'opens an escalation on the way' }),
      series('frame → DOM changed, all frames', all, 'changed'),
    ]
  },
}

interface Shown {
  readonly written: number
  readonly look: Look
}

function series(
  what: string,
  shown: readonly Shown[],
  to: 'changed' | 'painted',
  more: Partial<Finding> = {},
): Finding {
  return { what, unit: 'ms', samples: shown.map(({ written, look }) => look[to] - written), ...more }
}

/** Frames of `gemba-state`, written beside an agent that only sleeps. */
async function statesShown(bench: Bench, gemba: RunningGemba): Promise<Shown[]> {
  const bead = await gemba.api.create({ title: 'Sleep', description: script('sleep 600') })
  const looks = await cardLooks(bench, gemba, bead.id)
  const session = await gemba.api.start(bead.id, { agent: 'slow' })
  await looks.until('working', 0)
  const shown: Shown[] = []
  for (let n = 0; n < states; n += 1) {
    const state = n % 2 === 0 ? 'stalled' : 'working'
    const env = {
      ...process.env,
      GEMBA_FRAMES: framesFile(gemba, session),
      GEMBA_SESSION_ID: session,
      GEMBA_FENCE: '1',
    }
    await runProgram(process.execPath, [join(installation().root, 'dist', 'gemba-state.js'), state], { env })
    const written = lastFrame(gemba, session, 'GembaState')
    shown.push({ written, look: await looks.until(state, written) })
  }
  await gemba.api.change('POST', `/sessions/${session}/end`, { mode: 'canceled' })
  return shown.slice(2)
}

/** Questions of a real agent, answered as soon as they are seen; it pauses before the next. */
async function questionsShown(bench: Bench, gemba: RunningGemba): Promise<Shown[]> {
  const asks = Array.from({ length: questions }, (_, n) => [`ask Question ${n + 1}? | yes | no`, 'sleep 1'])
  const bead = await gemba.api.create({ title: 'Ask', description: script(...asks.flat(), 'done') })
  const looks = await cardLooks(bench, gemba, bead.id)
  const session = await gemba.api.start(bead.id, { agent: 'slow' })
  const shown: Shown[] = []
  const known = new Set<string>()
  for (let n = 0; n < questions; n += 1) {
    const open = await eventually('the question is open', async () =>
      (await gemba.api.escalations()).find((one) => one.bead === bead.id && one.state === 'open' && !known.has(one.id)),
    )
    known.add(open.id)
    const written = lastFrame(gemba, session, 'GembaAsk')
    const before = looks.all.findLast((look) => look.changed < written)
    // A card that still asked for somebody has nothing to change: that is no sample.
    if (before?.text.startsWith('needs you') !== true)
      shown.push({ written, look: await looks.until('needs you', written) })
    await gemba.api.answer(open.id, 'yes')
  }
  return shown.slice(1)
}

async function cardLooks(bench: Bench, gemba: RunningGemba, bead: string): Promise<Looks> {
  const context = await bench.profile()
  const { page } = await openAndPaint(context, consoleAddress(gemba), `[data-bead="${bead}"]`)
  return watchElement(page, `[data-bead="${bead}"] [data-sign]`)
}

function lastFrame(gemba: RunningGemba, session: string, hook: string): number {
  return Date.parse(framesOf(gemba, session).findLast((frame) => frame.hook === hook)?.ts ?? '')
}
