import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { GembaError } from '../model/error.ts'
import { dataFolderOf, type DataFolder } from './data-folder.ts'
import { keptFolder, realPath } from './data-root.ts'
import { isCode, writePrivateFile } from './secret.ts'

/** The project that data belongs to. */
export interface DataOwner {
  readonly id: string
  /** Its folder, absolute. */
  readonly folder: string
}

/**
 * Notes in the data folder whose data it is, and makes the folder when it is not there. `data_of_another` when another
 * project that still exists has its data there; `data_left_behind` when nothing is there yet, but there is data of a
 * project of this id whose folder is gone: an empty board would be a bad surprise for somebody who moved a project.
 * `path_unusable` for a folder with other things in it.
 */
export function claimDataFolder(data: DataFolder, project: DataOwner, env: NodeJS.ProcessEnv = process.env): void {
  const owner = { id: project.id, folder: realPath(project.folder) }
  const noted = ownerOf(data.owner)
  if (noted?.folder === owner.folder && noted.id === owner.id) return
  const inside = !relative(owner.folder, data.root).startsWith('..')
  if (noted !== undefined && noted.folder !== owner.folder && existsSync(noted.folder) && !inside) {
    throw new GembaError('data_of_another', { path: data.root, folder: noted.folder })
  }
  if (noted === undefined) refuseForeignFolder(data)
  if (!existsSync(data.root)) refuseLeftBehind(data, owner, env)
  mkdirSync(data.root, { recursive: true, mode: 0o700 })
  writePrivateFile(data.owner, JSON.stringify(owner))
}

/** A slip such as `--data ~` must not fill a person's own folder. */
function refuseForeignFolder(data: DataFolder): void {
  if (namesIn(data.root).length === 0 || existsSync(data.token)) return
  const why = 'it is not empty, and what is in it is no data of Gemba'
  throw new GembaError('path_unusable', { path: data.root, why, fix: 'Name an empty or a new folder.' })
}

function refuseLeftBehind(data: DataFolder, owner: DataOwner, env: NodeJS.ProcessEnv): void {
  const kept = dirname(data.root)
  if (kept !== keptFolder(env)) return
  for (const name of namesIn(kept)) {
    const path = join(kept, name)
    const noted = ownerOf(dataFolderOf(path, path).owner)
    if (noted === undefined || noted.id !== owner.id || existsSync(noted.folder)) continue
    const params = { project: owner.id, old: noted.folder, path, new: data.root }
    throw new GembaError('data_left_behind', params)
  }
}

function ownerOf(file: string): DataOwner | undefined {
  try {
    const { id, folder } = JSON.parse(readFileSync(file, 'utf8')) as Partial<DataOwner>
    return typeof id === 'string' && typeof folder === 'string' ? { id, folder } : undefined
  } catch (error) {
    if (error instanceof SyntaxError || isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined
    throw error
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return []
    throw error
  }
}
