import type { Fact } from '../model/fact.ts'
import type { SessionStatus } from '../model/session.ts'
import type { SessionState } from '../temporal/contracts/session.ts'
import { isAsking } from './session-questions.ts'

/** The status a session shows when the pane says this; undefined when the fact changes none. */
export function statusAfter(fact: Fact, state: SessionState): { status: SessionStatus; note: string } | undefined {
  const asking = isAsking(state)
  switch (fact.kind) {
    case 'started':
    case 'working':
      return asking ? undefined : { status: 'working', note: '' }
    case 'turn-ended':
      return asking
        ? undefined
        : { status: 'ready', note: 'The agent ended its turn and has not reported the bead done.' }
    case 'prompt':
      return { status: 'prompting', note: fact.prompt.title }
    case 'ask':
      return { status: 'prompting', note: fact.ask.title || fact.ask.text.slice(0, 200) }
    case 'state':
      return asking && fact.state === 'working' ? undefined : { status: fact.state, note: fact.note }
    case 'ended':
      return { status: 'stalled', note: `The agent's program ended: ${fact.reason}` }
    case 'done':
    case 'gone':
    case 'cleared':
      return undefined
  }
}
