import { statfs } from 'node:fs/promises'
import { diskRefusal, judgeDisk, unknownDisk, type DiskState, type Room } from '../model/disk.ts'
import type { GembaError } from '../model/error.ts'
import { nearestExisting } from './nearest-existing.ts'

export interface DiskWatchOptions {
  /** Folders whose file systems are watched; one that is not there yet stands for the folder it will be in. */
  readonly folders: readonly string[]
  /** Bytes below which nothing new is started; 0 for no limit. */
  readonly leastBytes: number
  /** Milliseconds between two looks. Default 5,000: a look is one system call for each folder. */
  readonly everyMs?: number
}

/** Looks again and again how much room is left. Starts no process and writes nothing. The caller closes it. */
export class DiskWatch {
  readonly #options: DiskWatchOptions
  readonly #listeners = new Set<(state: DiskState) => void>()
  readonly #timer: NodeJS.Timeout
  #state: DiskState
  #looking: Promise<DiskState> | undefined

  constructor(options: DiskWatchOptions) {
    this.#options = options
    this.#state = unknownDisk(options.leastBytes)
    this.#timer = setInterval(() => void this.look(), options.everyMs ?? 5_000)
    this.#timer.unref()
  }

  /** As it was at the last look. */
  get state(): DiskState {
    return this.#state
  }

  /** Why nothing new is started now; undefined while there is room. */
  refusal(): GembaError | undefined {
    return diskRefusal(this.#state)
  }

  /** Looks now. A file system that does not answer keeps one look waiting, never more. */
  look(): Promise<DiskState> {
    this.#looking ??= roomsOf(this.#options.folders)
      .then((rooms) => this.#take(judgeDisk(rooms, this.#options.leastBytes, this.#state.status)))
      .finally(() => {
        this.#looking = undefined
      })
    return this.#looking
  }

  /** Calls the listener with each state whose words differ from the one before. Returns the release. */
  onChange(listener: (state: DiskState) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Resolves once `holds`, at the latest when the signal aborts. */
  async until(holds: (state: DiskState) => boolean, signal: AbortSignal): Promise<void> {
    if (signal.aborted || holds(await this.look())) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        release()
        signal.removeEventListener('abort', done)
        resolve()
      }
      const release = this.onChange((state) => (holds(state) ? done() : undefined))
      signal.addEventListener('abort', done)
      if (signal.aborted || holds(this.#state)) done()
    })
  }

  close(): void {
    clearInterval(this.#timer)
    this.#listeners.clear()
  }

  #take(state: DiskState): DiskState {
    const before = this.#state
    this.#state = state
    const told = ({ status, folder, left }: DiskState): string =>
      status === 'ok' ? status : [status, folder, left].join('\n')
    if (told(before) !== told(state)) for (const listener of [...this.#listeners]) listener(state)
    return state
  }
}

/** The room in each folder that can be asked. */
export async function roomsOf(folders: readonly string[]): Promise<Room[]> {
  const rooms = await Promise.all([...new Set(folders)].map((folder) => roomOf(folder).catch(() => undefined)))
  return rooms.filter((room) => room !== undefined)
}

async function roomOf(folder: string): Promise<Room> {
  const { bavail, bsize, files, ffree } = await statfs(nearestExisting(folder))
  return { folder, free: bavail * bsize, files: files === 0 ? null : ffree }
}
