import type { RemoteState } from '../../model/mode.ts'
import type { Write } from '../../model/work-plane.ts'
import { authorOf, type Source } from './bead-change.ts'
import type { Reading } from './database.ts'
import { remoteStateOf, requireRemote, type DoltRemote } from './remote-state.ts'

/** The remotes that a Dolt server knows for the database. */
export function readRemotes(reading: Reading): Promise<DoltRemote[]> {
  return reading.rows<DoltRemote>('SELECT name, url FROM dolt_remotes ORDER BY name')
}

/** Gives the database a remote, or one of that name another address. `read_only` when the login may not. */
export async function setSqlRemote(
  source: Source,
  { name, url }: DoltRemote,
  write: Write,
  sameMachine: boolean,
): Promise<RemoteState> {
  requireRemote({ name, url })
  const change = { locks: ['remote'], message: () => 'gemba: remote', author: authorOf(write.actor, source.author) }
  const remotes = await source.database.change(change, async (writing) => {
    const before = (await readRemotes(writing)).find((remote) => remote.name === name)
    if (before?.url !== url) {
      if (before !== undefined) await writing.rows("CALL DOLT_REMOTE('remove', ?)", [name])
      await writing.rows("CALL DOLT_REMOTE('add', ?, ?)", [name, url])
    }
    return readRemotes(writing)
  })
  return remoteStateOf(remotes, sameMachine)
}
