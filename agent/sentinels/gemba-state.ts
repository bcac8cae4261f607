import { parseFlags } from './flags.ts'
import { appendFrame, roomPatienceMs } from './frame-file.ts'

const states = ['initializing', 'ready', 'working', 'prompting', 'stalled', 'bead-done']
const usage = `usage: gemba-state <${states.join('|')}> [--bead ID] [--note TEXT]`

/** The status sentinel (seed 003, Components). Exits 2 on a wrong command line, 1 when the disk stays full, else 0. */
function main(): number {
  const { words, values, problem } = parseFlags(process.argv.slice(2), ['bead', 'note'])
  const [state] = words
  if (problem !== undefined) return refuse(problem)
  if (state === undefined || words.length > 1) return refuse('name exactly one state')
  if (!states.includes(state)) return refuse(`unknown state ${state}`)
  const bead = values.get('bead')?.at(-1) ?? process.env['GEMBA_BEAD'] ?? ''
  const payload = { state, bead, note: values.get('note')?.at(-1) ?? '' }
  const appended = appendFrame('GembaState', payload, { patienceMs: roomPatienceMs })
  if (appended === 'outside') process.stderr.write('gemba-state: not inside a Gemba session; nothing was reported\n')
  if (appended !== 'full') return 0
  process.stderr.write('gemba-state: the disk is full; nothing was reported: run this again\n')
  return 1
}

function refuse(problem: string): number {
  process.stderr.write(`gemba-state: ${problem}\n${usage}\n`)
  return 2
}

process.exitCode = main()
