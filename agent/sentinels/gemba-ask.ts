import { watch } from 'node:fs'
import { dirname, join } from 'node:path'
import { registerWaiter, takeAnswer } from './ask-mailbox.ts'
import { parseFlags } from './flags.ts'
import { appendFrame, newEventId, roomPatienceMs, withRoom } from './frame-file.ts'

const usage =
  'usage: gemba-ask --kind question|blocker --role coach|manager --text TEXT [--title TEXT] [--option TEXT]… [--bead ID] [--wait]'

/**
 * The question sentinel (seed 003, Components). Exits 2 on a wrong command line, 3 when the session's interaction mode
 * or the role does not allow it, 1 when the disk stays full, else 0. With `--wait` it prints the answer once a person has given it.
 */
async function main(): Promise<number> {
  const valued = ['kind', 'role', 'text', 'title', 'option', 'bead']
  const { words, values, problem } = parseFlags(process.argv.slice(2), valued, ['wait'])
  const last = (name: string) => values.get(name)?.at(-1)
  const kind = last('kind') ?? 'question'
  const role = last('role') ?? 'manager'
  const text = (last('text') ?? words.join(' ')).trim()
  const mode = process.env['GEMBA_INTERACTION_MODE'] ?? 'balanced'
  if (problem !== undefined) return say(`${problem}\n${usage}`, 2)
  if (!['question', 'blocker'].includes(kind)) return say(`--kind is question or blocker\n${usage}`, 2)
  if (!['coach', 'manager'].includes(role)) return say(`--role is coach or manager\n${usage}`, 2)
  if (text === '') return say(`--text is empty\n${usage}`, 2)
  if (kind === 'blocker' && role === 'coach') return say('a coach may ask questions but not raise blockers', 3)
  if (mode === 'dangerous') return say('this session decides for itself: choose the best way and note it', 3)

  const event = newEventId()
  const options = (values.get('option') ?? []).slice(0, 10)
  const bead = last('bead') ?? process.env['GEMBA_BEAD'] ?? ''
  const payload = { kind, role, mode, bead, text, title: last('title') ?? '', options, wait: values.has('wait') }
  const frames = process.env['GEMBA_FRAMES'] ?? ''
  if (frames === '') return say('not inside a Gemba session; nobody was asked', 0)
  if (!values.has('wait')) return told(event, payload, 0)
  return waitForAnswer(join(dirname(frames), 'asks'), event, payload)
}

const noRoom = 'the disk is full; nobody was asked: run this again'

/** Puts the question into the session's file; the exit code, `outside` when there is none. */
function told(event: string, payload: Readonly<Record<string, unknown>>, outside: number): number {
  const appended = appendFrame('GembaAsk', payload, { event, patienceMs: roomPatienceMs })
  if (appended === 'written') return 0
  return appended === 'full' ? say(noRoom, 1) : say('nobody was asked', outside)
}

async function waitForAnswer(
  folder: string,
  event: string,
  payload: Readonly<Record<string, unknown>>,
): Promise<number> {
  // The waiter is there before the question can be seen.
  const waiter = { event, pid: process.pid, fence: Number(process.env['GEMBA_FENCE'] ?? 0) }
  const release = withRoom(() => registerWaiter(folder, waiter), roomPatienceMs)
  if (release === undefined) return say(noRoom, 1)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      release()
      process.exit(1)
    })
  }
  try {
    const asked = told(event, payload, 1)
    if (asked !== 0) return asked
    const answer = await nextAnswer(folder, event)
    appendFrame('GembaAnswered', { ask: event }, { patienceMs: roomPatienceMs })
    process.stdout.write(`${answer}\n`)
    return 0
  } finally {
    release()
  }
}

/** Told by the folder's watcher; looks every half second besides, where watching does not work. */
function nextAnswer(folder: string, event: string): Promise<string> {
  return new Promise((resolve) => {
    const look = () => {
      const answer = takeAnswer(folder, event)
      if (answer === undefined) return
      clearInterval(timer)
      watcher.close()
      resolve(answer)
    }
    const watcher = watch(folder, look)
    watcher.on('error', () => undefined)
    const timer = setInterval(look, 500)
    look()
  })
}

function say(text: string, code: number): number {
  process.stderr.write(`gemba-ask: ${text}\n`)
  return code
}

process.exitCode = await main()
