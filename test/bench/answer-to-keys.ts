import { WebSocket } from 'ws'
import { eventually } from '../system/api-client.ts'
import type { RunningGemba } from '../system/running-gemba.ts'
import { framesOf, script } from './agent-files.ts'
import { slowAgent } from '../system/slow-agent.ts'
import type { Bench } from './bench-scope.ts'
import { clock, type Measure } from './measure.ts'

const questions = 24
const texts = 24

/** From a person's answer over HTTP to the agent that has it, and from a person's text to the keys in the pane. */
export const answerToKeys: Measure = {
  name: 'answer-to-keys',
  title: 'Answer → keys in the pane',
  async run(bench) {
    const gemba = await bench.gemba({ agents: slowAgent })
    const { answered, had } = await answersHad(gemba)
    return [
      { what: 'answer → agent has it', unit: 'ms', samples: had, note: 'the asker beside the agent took it' },
      { what: '… answer → command answered', unit: 'ms', samples: answered },
      {
        what: 'text → keys on the screen',
        unit: 'ms',
        samples: await textsTyped(bench, gemba),
        note: 'typed by tmux, echoed, seen by a viewer of the live terminal',
      },
    ]
  },
}

async function answersHad(gemba: RunningGemba): Promise<{ answered: number[]; had: number[] }> {
  const { api } = gemba
  const asks = Array.from({ length: questions }, (_, n) => `ask Question ${n + 1}? | yes | no`)
  const bead = await api.create({ title: 'Ask', description: script(...asks, 'done') })
  const session = await api.start(bead.id)
  const answered: number[] = []
  const clicked: number[] = []
  const known = new Set<string>()
  for (let n = 0; n < questions; n += 1) {
    const open = await eventually('the question is open', async () =>
      (await api.escalations()).find((one) => one.bead === bead.id && one.state === 'open' && !known.has(one.id)),
    )
    known.add(open.id)
    const at = clock()
    await api.answer(open.id, 'yes')
    answered.push(clock() - at)
    clicked.push(at)
  }
  await eventually('the bead is done', async () => (await api.bead(bead.id)).status === 'closed')
  const taken = framesOf(gemba, session).filter((frame) => frame.hook === 'GembaAnswered')
  const had = taken.map((frame, n) => Date.parse(frame.ts) - (clicked[n] ?? NaN))
  return { answered: answered.slice(1), had: had.slice(1) }
}

async function textsTyped(bench: Bench, gemba: RunningGemba): Promise<number[]> {
  const { api } = gemba
  const bead = await api.create({ title: 'Listen', description: script('sleep 600') })
  const session = await api.start(bead.id, { agent: 'slow' })
  await eventually('the agent works', async () =>
    (await api.sessions()).some((view) => view.id === session && view.status === 'working'),
  )
  const screen = await watchTerminal(bench, gemba, session)
  const samples: number[] = []
  for (let n = 0; n < texts; n += 1) {
    const text = `hello-${n}-${Math.random().toString(36).slice(2, 8)}`
    const typed = screen.until(text)
    const at = clock()
    await api.change('POST', `/sessions/${session}/input`, { text })
    samples.push((await typed) - at)
    await screen.until(`You said: ${text}`)
  }
  return samples.slice(1)
}

interface Screen {
  /** When the text was there, in milliseconds since 1970; waits at most 15 s. */
  until(text: string): Promise<number>
}

/** The live terminal as a viewer gets it. */
async function watchTerminal(bench: Bench, { api }: RunningGemba, session: string): Promise<Screen> {
  const address = `${api.base.replace('http', 'ws')}/api/v1/sessions/${session}/terminal`
  const socket = new WebSocket(address, { headers: { authorization: `Bearer ${api.token}` } })
  bench.onClose(() => socket.terminate())
  const live = Promise.withResolvers<void>()
  let seen = ''
  let wake = (): void => undefined
  socket.on('error', (error) => live.reject(error))
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary && data.toString().includes('"snapshot"')) live.resolve()
    if (!isBinary) return
    // Terminal control sequences stand between the words.
    seen = (seen + data.toString()).replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').slice(-20_000)
    wake()
  })
  await live.promise
  return {
    until: (text) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`the terminal never showed ${text}`)), 15_000)
        wake = () => {
          if (!seen.includes(text)) return
          clearTimeout(late)
          resolve(clock())
        }
        wake()
      }),
  }
}
