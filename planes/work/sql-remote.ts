import type { RemoteState } from '../../model/mode.ts'
import type { Write } from '../../model/work-plane.ts'
import { authorOf, type Source } from './bead-change.ts'
import type { Reading } from './database.ts'
import { requireRemote, type DoltRemote } from './remote-address.ts'
import { remoteStateOf } from './remote-state.ts'
import { replaceRemote } from './replace-remote.ts'
import { fromSqlError } from './sql-error.ts'

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
    const call = (...words: string[]) =>
      writing.rows(`CALL DOLT_REMOTE(${words.map(() => '?').join(', ')})`, words).catch((error: unknown) => {
        throw fromSqlError(error)
      })
    await replaceRemote({ name, url }, await readRemotes(writing), {
      add: (remote) => call('add', remote.name, remote.url),
      remove: (gone) => call('remove', gone),
    })
    return readRemotes(writing)
  })
  return remoteStateOf(remotes, sameMachine)
}
