import { GembaError } from './error.ts'

/** The room that is left in one folder's file system. */
export interface Room {
  readonly folder: string
  /** Bytes that this user may still write. */
  readonly free: number
  /** Files that can still be made; null where the file system sets no limit. */
  readonly files: number | null
}

/**
 * `low`: nothing new is started, what runs goes on. `full`: hardly anything can be written any more, so that processes
 * which end are not started again before there is room.
 */
export type DiskStatus = 'ok' | 'low' | 'full'

/** Where there is least room among the folders that Gemba and its agents write to. */
export interface DiskState {
  readonly status: DiskStatus
  readonly folder: string
  readonly freeBytes: number
  /** Below this nothing new is started. */
  readonly leastBytes: number
  /** What is left and what is wanted, in words: `12 MB`, or `room for 3 files`. */
  readonly left: string
  readonly wanted: string
}

/** Below this the databases can not go on: Postgres alone takes 16 MiB for one piece of its log. */
export const fullBytes = 16 * 1024 * 1024
/** Files that can still be made, below which the disk counts as low, or full. */
const fewFiles = { low: 1_000, full: 50 } as const
/** Once low, it stays so until there is this much more than the limit: no starting and stopping at its edge. */
const slack = 1.1

/** What is known before the first look. */
export function unknownDisk(leastBytes: number): DiskState {
  const room = { folder: '', free: Number.MAX_SAFE_INTEGER, files: null }
  return stateOf(room, 'ok', leastBytes)
}

/** Judges the rooms that were found; `before` is what was judged last. A `leastBytes` of 0 leaves only `full`. */
export function judgeDisk(rooms: readonly Room[], leastBytes: number, before: DiskStatus): DiskState {
  const judged = rooms.map((room) => stateOf(room, statusOf(room, leastBytes, before), leastBytes))
  const worst = judged.sort((one, other) => rank(other) - rank(one) || one.freeBytes - other.freeBytes)[0]
  return worst ?? unknownDisk(leastBytes)
}

/** Why nothing new is started; undefined while there is room. */
export function diskRefusal({ status, folder, left, wanted }: DiskState): GembaError | undefined {
  return status === 'ok' ? undefined : new GembaError('disk_low', { folder, left, wanted })
}

/** A size for people: `1.2 GB`, `480 MB`. Rounded down. */
export function sizeText(bytes: number): string {
  return bytes >= 1e9 ? `${(Math.floor(bytes / 1e8) / 10).toFixed(1)} GB` : `${Math.floor(bytes / 1e6)} MB`
}

function statusOf({ free, files }: Room, leastBytes: number, before: DiskStatus): DiskStatus {
  if (free < fullBytes || (files !== null && files < fewFiles.full)) return 'full'
  const more = before === 'ok' ? 1 : slack
  return free < leastBytes * more || (files !== null && files < fewFiles.low * more) ? 'low' : 'ok'
}

function stateOf(room: Room, status: DiskStatus, leastBytes: number): DiskState {
  const { folder, free, files } = room
  const short = free < Math.max(leastBytes * slack, fullBytes)
  const words =
    status === 'ok' || short || files === null
      ? { left: sizeText(free), wanted: sizeText(Math.max(leastBytes, fullBytes)) }
      : { left: `room for ${files} files`, wanted: `${fewFiles.low} files` }
  return { status, folder, freeBytes: free, leastBytes, ...words }
}

function rank({ status }: DiskState): number {
  return ['ok', 'low', 'full'].indexOf(status)
}
