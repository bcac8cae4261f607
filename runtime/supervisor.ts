import { boundLogs } from './log-files.ts'
import { lookEveryMs, thisMoment } from './liveness.ts'
import {
  SupervisedChild,
  alwaysRoom,
  defaultRestart,
  type ChildDescription,
  type ChildEvent,
  type RestartPolicy,
  type RoomToRun,
} from './supervised-child.ts'

/** Milliseconds between two looks at how large the logs are. */
const boundEveryMs = 2_000

/**
 * Keeps a set of children running: started in the order of their needs, restarted when they end, stopped in reverse.
 * It knows nothing of what they do, and whatever becomes of it, they end with it.
 */
export class Supervisor {
  readonly #children: ReadonlyMap<string, SupervisedChild>
  readonly #logs: string
  readonly #largestLog: number
  readonly #lookEveryMs: number
  #boundingLogs: NodeJS.Timeout | undefined
  #looking: NodeJS.Timeout | undefined
  readonly #starts = new Map<string, Promise<void>>()
  readonly #stops = new Map<string, Promise<void>>()

  constructor(options: {
    children: readonly ChildDescription[]
    /** Folder of the children's logs. */
    logs: string
    report: (event: ChildEvent) => void
    restart?: RestartPolicy
    /** Silence after which a child counts as hung; see `ChildDescription.alive`. Default 20 s. */
    hungAfterMs?: number
    /** Bytes after which a log is set aside. Default 10 MiB. */
    largestLog?: number
    /** Whether a child that ended may be started again now. */
    room?: RoomToRun
  }) {
    const { logs, report, restart = defaultRestart, hungAfterMs = 20_000, room = alwaysRoom } = options
    const common = { logs, report, restart, hungAfterMs, room }
    this.#children = new Map(options.children.map((child) => [child.name, new SupervisedChild(child, common)]))
    this.#logs = logs
    this.#largestLog = options.largestLog ?? 10 * 1024 * 1024
    this.#lookEveryMs = lookEveryMs(hungAfterMs)
  }

  /** Resolves when all are in service. When one can not be, all are stopped and its `process_failing` is thrown. */
  async start(): Promise<void> {
    this.#looking = setInterval(() => this.#look(), this.#lookEveryMs)
    // Oftener than the processes are asked: a process in trouble can say a lot within a second.
    this.#boundingLogs = setInterval(() => boundLogs(this.#logs, this.#largestLog), boundEveryMs)
    try {
      await Promise.all([...this.#children.keys()].map((name) => this.#start(name)))
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  /** Stops all, each after those that need it. */
  async stop(): Promise<void> {
    clearInterval(this.#looking)
    clearInterval(this.#boundingLogs)
    await Promise.all([...this.#children.keys()].map((name) => this.#stop(name)))
  }

  /** Ends all by force. For a person who asks twice. */
  kill(): void {
    for (const child of this.#children.values()) child.kill()
  }

  /** The pid of a running child. */
  pidOf(name: string): number | undefined {
    return this.#children.get(name)?.pid
  }

  /** One timer for all: the machine is woken once. */
  #look(): void {
    const now = thisMoment()
    for (const child of this.#children.values()) child.look(now)
  }

  #start(name: string): Promise<void> {
    const child = this.#child(name)
    return once(this.#starts, name, async () => {
      await Promise.all(child.needs.map((need) => this.#start(need)))
      await child.start()
    })
  }

  #stop(name: string): Promise<void> {
    return once(this.#stops, name, async () => {
      const dependents = [...this.#children].filter(([, other]) => other.needs.includes(name))
      await Promise.all(dependents.map(([dependent]) => this.#stop(dependent)))
      await this.#child(name).stop()
    })
  }

  #child(name: string): SupervisedChild {
    const child = this.#children.get(name)
    if (child === undefined) throw new Error(`no child is called ${name}`)
    return child
  }
}

function once(done: Map<string, Promise<void>>, name: string, run: () => Promise<void>): Promise<void> {
  const known = done.get(name)
  if (known !== undefined) return known
  const promise = run()
  done.set(name, promise)
  return promise
}
