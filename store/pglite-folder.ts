import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { PGlite } from '@electric-sql/pglite'

/** A file as Emscripten's layer over Node's file system has it open. */
interface OpenFile {
  readonly nfd: number
}
type Init = NodeFS['init']

/** PGlite's files in a folder, with the `fsync` that its own layer leaves out: a commit is on the disk, not in a cache. */
class SyncedFolder extends NodeFS {
  override async init(...[pg, options]: Parameters<Init>): ReturnType<Init> {
    const { emscriptenOpts } = await super.init(pg, options)
    const addSync = (mod: { FS: { filesystems: { NODEFS: { stream_ops: object } } } }): void => {
      Object.assign(mod.FS.filesystems.NODEFS.stream_ops, {
        fsync: (file: OpenFile) => {
          fsyncSync(file.nfd)
          return 0
        },
      })
    }
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), addSync] } }
  }
}

/** Its own parameters without `-F` (which turns fsync off), and with buffers that suit a small database: 500 MB less. */
const startParams = [
  ...PGlite.defaultStartParams.filter((param) => param !== '-F'),
  ...['wal_sync_method=fsync', 'shared_buffers=16MB', 'wal_buffers=1MB'].flatMap((setting) => ['-c', setting]),
]

/** Whether `folder` holds a database that was created to the end. */
export function hasDatabase(folder: string): boolean {
  return existsSync(join(folder, 'pgdata'))
}

/** Creates the database beside its place and moves it there whole, so that an interrupted first start leaves none. */
export async function createDatabase(folder: string): Promise<void> {
  const draft = join(folder, 'pgdata.new')
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true, mode: 0o700 })
  const db = await PGlite.create({ fs: new SyncedFolder(draft), startParams })
  await db.close()
  syncTree(draft)
  renameSync(draft, join(folder, 'pgdata'))
  syncEntry(folder)
}

/** Opens the database; after a crash Postgres replays its log first. */
export function openDatabase(folder: string): Promise<PGlite> {
  return PGlite.create({ fs: new SyncedFolder(join(folder, 'pgdata')), startParams })
}

function syncTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) syncTree(path)
    else syncEntry(path)
  }
  syncEntry(folder)
}

function syncEntry(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
