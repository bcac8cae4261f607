import type { RemoteState } from '../model/mode.ts'

/** What is known of the remote of the open source. */
export interface KnownRemote<Source> {
  /** Asks only when nothing is known that stands; waits for the answer a moment at most, and then tells what was known. */
  tell(source: Source): Promise<RemoteState | null>
  /** Whoever looks next wants to know anew. */
  forget(): void
}

export interface RemotePatience {
  /** Milliseconds for which an answer stands, also that there was none. */
  readonly lifeMs: number
  /** Milliseconds that one who looks waits for an answer. */
  readonly waitMs: number
}

interface Asked<Source> {
  readonly source: Source
  readonly answer: Promise<RemoteState | null>
  readonly until: number
}

/** Many look at the status, again and again, and each question goes to bd or a server, and on to the remote's host. */
export function knownRemote<Source extends { remote(): Promise<RemoteState | null> }>({
  lifeMs = 60_000,
  waitMs = 5_000,
}: Partial<RemotePatience> = {}): KnownRemote<Source> {
  let asked: Asked<Source> | undefined
  let last: { readonly source: Source; readonly state: RemoteState | null } | undefined

  function ask(source: Source): Asked<Source> {
    const answer = source.remote().catch(unknownRemote)
    void answer.then((state) => {
      if (asked?.answer === answer) last = { source, state }
    })
    return { source, answer, until: performance.now() + lifeMs }
  }

  return {
    async tell(source) {
      if (asked?.source !== source || performance.now() >= asked.until) asked = ask(source)
      const meanwhile = last?.source === source ? last.state : unanswered
      return inTime(asked.answer, waitMs, meanwhile)
    },
    forget() {
      asked = undefined
    },
  }
}

async function inTime<T>(answer: Promise<T>, waitMs: number, otherwise: T): Promise<T> {
  const late = Promise.withResolvers<T>()
  const timer = setTimeout(() => late.resolve(otherwise), waitMs)
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

const unanswered: RemoteState = {
  configured: false,
  name: '',
  display: '',
  reachable: 'unknown',
  why: 'it has not been told yet',
}

function unknownRemote(error: unknown): RemoteState {
  return { ...unanswered, why: error instanceof Error ? error.message : String(error) }
}
