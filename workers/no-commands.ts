import { GembaError } from '../model/error.ts'
import type { Commands } from '../temporal/commands.ts'

const refuse = async (): Promise<never> => {
  throw new GembaError('unavailable_in_mode', { what: 'The work of agents', mode: 'Beads-only' })
}

/** The commands of a server without durable processes. Their routes refuse before; this is beneath them. */
export const noCommands: Commands = { dispatch: refuse, unpark: refuse, say: refuse, end: refuse, answer: refuse }
