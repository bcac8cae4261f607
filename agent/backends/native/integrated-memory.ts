/** What is known of a session's integration. Only for announcements: whoever acts on it looks again. */
export interface IntegratedMemory {
  /**
   * What the last look found; false while nobody has looked. `heard` tells how much was heard from the agent: when that
   * has changed it is looked again, beside the caller, who never waits.
   */
  last(session: string, heard: number, look: () => Promise<boolean>): boolean
  /** Something was done to the session's work: the next call has it looked at again. */
  forget(session: string): void
}

interface Known {
  heard: number
  lookedAt: number
  looking: boolean
  answer: boolean
}

/** How long an answer holds while the agent is heard. */
const holdsMs = 30_000
/** Looks at a time: each runs git, which takes its time in a large repository. */
const mostLooks = 2

export function openIntegratedMemory(): IntegratedMemory {
  const known = new Map<string, Known>()
  const waiting: (() => Promise<void>)[] = []
  let looks = 0
  const next = () => {
    if (looks >= mostLooks) return
    const work = waiting.shift()
    if (work === undefined) return
    looks += 1
    void work().finally(() => {
      looks -= 1
      next()
    })
  }
  return {
    last(session, heard, look) {
      const now = performance.now()
      const entry = known.get(session) ?? { heard: -1, lookedAt: -Infinity, looking: false, answer: false }
      known.set(session, entry)
      if (entry.looking || entry.heard === heard || now - entry.lookedAt < holdsMs) return entry.answer
      Object.assign(entry, { heard, lookedAt: now, looking: true })
      waiting.push(async () => {
        // A repository that can not be asked holds work that nobody has seen integrated.
        entry.answer = await look().catch(() => false)
        entry.looking = false
      })
      next()
      return entry.answer
    },
    forget: (session) => void known.delete(session),
  }
}
