import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { identify, isStillRunning, type ProcessIdentity } from '../../runtime/process-identity.ts'
import { inTurn } from './in-turn.ts'

interface Holder extends ProcessIdentity {
  readonly nonce: string
}

export interface LockOptions {
  /** Milliseconds to wait for a living holder. */
  readonly patience: number
}

/**
 * Runs `work` while no other process of this host does the same under `path`. The lock of a process that is gone is
 * taken over. Undefined, without running, when a living process held it for longer than `patience`.
 */
export function whileLocked<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T | undefined> {
  return inTurn(path, async () => {
    await mkdir(dirname(path), { recursive: true })
    const release = await acquire(path, Date.now() + options.patience)
    if (release === undefined) return undefined
    try {
      return await work()
    } finally {
      await release()
    }
  })
}

async function acquire(path: string, until: number): Promise<(() => Promise<void>) | undefined> {
  const me: Holder = { ...(await identify(process.pid)), nonce: randomUUID() }
  for (;;) {
    if (await take(path, me)) return () => unlink(path).catch(() => undefined)
    const other = await readHolder(path)
    if (other !== undefined && !(await isStillRunning(other))) await clear(path, other, until)
    else if (Date.now() > until) return undefined
    else await pause(15 + Math.random() * 30)
  }
}

/** Creates the lock with its content in one step. */
async function take(path: string, me: Holder): Promise<boolean> {
  const draft = `${path}.${me.nonce}`
  try {
    await writeFile(draft, JSON.stringify(me), { flag: 'wx' })
    return await link(draft, path).then(
      () => true,
      () => false,
    )
  } finally {
    await unlink(draft).catch(() => undefined)
  }
}

/**
 * Removes the lock of a dead holder. Only one process at a time may, and only while it is still that holder's: so a
 * slow process never removes the lock of the one that was faster.
 */
async function clear(path: string, dead: Holder, until: number): Promise<void> {
  const release = await acquire(`${path}.${dead.nonce}.clear`, until)
  if (release === undefined) return
  if ((await readHolder(path))?.nonce === dead.nonce) await unlink(path).catch(() => undefined)
  await release()
}

async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const match = /^\{"pid":(\d+),"start":"([^"]*)","nonce":"([0-9a-f-]+)"\}$/.exec(text)
  return { pid: Number(match?.[1] ?? 0), start: match?.[2] ?? '', nonce: match?.[3] ?? 'unreadable' }
}
