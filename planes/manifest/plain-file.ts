import { constants } from 'node:fs'
import { mkdir, open, writeFile, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { NoPlainFile } from '../../runtime/plain-file.ts'
import { isCode } from '../../runtime/secret.ts'

/** Never follows a link, never waits for the other end of a pipe. */
const careful = constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Opens the file to be read. The caller closes it. Undefined when there is none yet. */
export async function openToRead(path: string): Promise<FileHandle | undefined> {
  try {
    return await plain(await open(path, constants.O_RDONLY | careful))
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/**
 * Opens the file so that whatever is written goes to its end, also beside other writers. A folder that is missing is
 * made for its owner alone, and so is the file. The caller closes it.
 */
export async function openToAppend(path: string): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_APPEND | careful
  try {
    return await plain(await open(path, flags))
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error
  }
  const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  if (made !== undefined) await keepOutOfGit(path).catch(() => undefined)
  const file = await plain(await open(path, flags | constants.O_CREAT, 0o600))
  await syncFolder(dirname(path))
  return file
}

/**
 * A `.gemba` that is made for the manifest says itself that git need not show it. Nothing of the person's is touched: not
 * `.git`, and no folder that was there; whatever else comes into the folder shows as before.
 */
async function keepOutOfGit(path: string): Promise<void> {
  const [folder, name] = [dirname(path), basename(path)]
  if (basename(folder) !== '.gemba' || !/^[\w.-]+$/.test(name)) return
  await writeFile(join(folder, '.gitignore'), `/${name}*\n/.gitignore\n`, { flag: 'wx', mode: 0o600 })
}

/** Why the file can not be used, as a sentence for people. */
export function whyUnusable(error: unknown): string {
  if (error instanceof NoPlainFile) return 'There is something at its path that is not a plain file.'
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  const known = reasons[code]
  return known === undefined ? `It can not be used (${code === '' ? String(error).slice(0, 200) : code}).` : known
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full.',
  EDQUOT: 'The quota of the disk is used up.',
  EROFS: 'Its disk is read-only.',
  EACCES: 'Gemba may not write it: permission denied.',
  EPERM: 'Gemba may not write it: not permitted.',
  EISDIR: 'There is a folder at its path.',
  ELOOP: 'It is a symbolic link, which is not followed.',
  ENOTDIR: 'A part of its path is not a folder.',
  ENOENT: 'Its folder is gone.',
  EEXIST: 'A part of its path is not a folder.',
  EIO: 'The disk has failed.',
}

async function plain(file: FileHandle): Promise<FileHandle> {
  const found = await file.stat().catch(() => undefined)
  if (found?.isFile() === true) return file
  await file.close()
  throw found?.isDirectory() === true ? Object.assign(new Error('a folder'), { code: 'EISDIR' }) : new NoPlainFile()
}

/** So that the name of a new file outlives a loss of power too. Not every file system can. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY)
  await folder
    .sync()
    .catch(() => undefined)
    .finally(() => folder.close())
}
