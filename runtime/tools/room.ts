import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { sizeText } from '../../model/disk.ts'
import { GembaError } from '../../model/error.ts'
import { nearestExisting } from '../nearest-existing.ts'
import { isNoRoom } from '../secret.ts'

/** What a step of set-up wants to write, and where. */
export interface Need {
  /** For people, at the beginning of a sentence: `temporal`, `The data of project shop`. */
  readonly what: string
  readonly bytes: number
  readonly folder: string
}

/** Throws `room_missing` when the folder's file system has less than that. */
export function requireRoom(need: Need): void {
  if (leftIn(need.folder) < need.bytes) throw roomMissing(need)
}

/** Tells that there was, or is, too little room for it. */
export function roomMissing({ what, bytes, folder }: Need, cause?: unknown): GembaError {
  const left = sizeText(leftIn(folder))
  return new GembaError('room_missing', { what, need: sizeText(bytes), folder, left }, { cause })
}

/** The folder that a failure says is full, `fallback` when it names none; undefined when it says nothing of the kind. */
export function fullFolder(error: unknown, fallback: string): string | undefined {
  if (error instanceof GembaError) return error.code === 'disk_full' ? error.params['path'] : undefined
  if (!(error instanceof Error)) return undefined
  if (isNoRoom(error)) return 'path' in error && typeof error.path === 'string' ? dirname(error.path) : fallback
  if (!/no space left on device|disk quota exceeded/i.test(error.message)) return undefined
  const named = /(\/[^\s:'"]+)['"]?: (?:no space left on device|disk quota exceeded)/i.exec(error.message)?.[1]
  return named === undefined ? fallback : dirname(named)
}

function leftIn(folder: string): number {
  const { bavail, bsize } = statfsSync(nearestExisting(folder))
  return bavail * bsize
}
