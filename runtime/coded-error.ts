import { GembaError } from '../model/error.ts'
import { nearestExisting } from './nearest-existing.ts'
import { isNoRoom } from './secret.ts'

/** What the system says of a path, in words. */
const troubles: Readonly<Record<string, string>> = {
  EACCES: 'this user has no right to it',
  EPERM: 'this user has no right to it',
  EROFS: 'it is on a file system that can only be read',
  ENOTDIR: 'what should be a folder there is a file',
  EEXIST: 'it is there already',
  EISDIR: 'it is a folder, not a file',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
}

/**
 * Any failure as an error of the catalogue: one of the file system as `disk_full` or `path_unusable`, what nobody
 * foresaw as `internal`. For the edges where failures are told to people.
 */
export function codedError(error: unknown): GembaError {
  if (error instanceof GembaError) return error
  const { code = '', path = '', syscall } = error instanceof Error ? (error as NodeJS.ErrnoException) : {}
  if (isNoRoom(error)) return new GembaError('disk_full', { path: path || 'see `df`' }, { cause: error })
  const why = code === 'EEXIST' && syscall === 'mkdir' ? troubles['ENOTDIR'] : troubles[code]
  if (why === undefined || path === '') return new GembaError('internal', { why: String(error) }, { cause: error })
  return new GembaError('path_unusable', { path, why, fix: fixOf(code, path) }, { cause: error })
}

function fixOf(code: string, path: string): string {
  if (code !== 'EACCES' && code !== 'EPERM') return 'Move what is there out of the way, or use another folder.'
  return `See whose it is with \`ls -ld '${nearestExisting(path)}'\`; make it yours, or use a folder that is.`
}
