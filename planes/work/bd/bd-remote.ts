import { GembaError } from '../../../model/error.ts'
import type { RemoteState } from '../../../model/mode.ts'
import type { Write } from '../../../model/work-plane.ts'
import { actorName } from '../bead-change.ts'
import { holdsLogin, requireRemote, type DoltRemote } from '../remote-address.ts'
import { remoteStateOf } from '../remote-state.ts'
import { replaceRemote } from '../replace-remote.ts'
import { objectsIn } from './bd-output.ts'
import { runWrite, type BdSource } from './bd-source.ts'
import { writeTurn } from './write-turn.ts'

/** Where the database of a folder is pushed to and pulled from. */
export async function readBdRemote(source: BdSource): Promise<RemoteState> {
  return remoteStateOf(await readRemotes(source), true)
}

/**
 * Has bd give the database a remote, or one of that name another address. bd also writes `origin` into `config.yaml`,
 * and commits that where the folder is in a git repository.
 */
export async function setBdRemote(source: BdSource, remote: DoltRemote, write: Write): Promise<RemoteState> {
  requireRemote(remote)
  const actor = actorName(write.actor)
  const run = (act: string, ...words: string[]) => runWrite(source, ['dolt', 'remote', act, '--json'], words, { actor })
  await writeTurn(source.folder.beads, async () => {
    const present = await readRemotes(source)
    requireReplaceable(remote, present)
    await replaceRemote(remote, present, {
      add: ({ name, url }) => run('add', name, url),
      remove: (name) => run('remove', name),
    })
  })
  return readBdRemote(source)
}

/** What can not be put back without showing its login among the processes is not taken away. */
function requireReplaceable({ name, url }: DoltRemote, present: readonly DoltRemote[]): void {
  const before = present.find((each) => each.name === name)
  if (before === undefined || before.url === url || !holdsLogin(before)) return
  const way = `take it away first, with \`bd dolt remote remove ${name}\``
  throw new GembaError('remote_invalid', {
    why: `the address of the present ${name} may hold a password or token; ${way}`,
  })
}

/** What the database says counts more than what the files beside it say. */
async function readRemotes(source: BdSource): Promise<readonly DoltRemote[]> {
  const said = await source.sightings.own(() => source.bd.run(['dolt', 'remote', 'list', '--json']), 'read')
  return objectsIn(said).flatMap(({ name, sql_url: sql, cli_url: cli }) => {
    const url = typeof sql === 'string' ? sql : cli
    return typeof name === 'string' && typeof url === 'string' ? [{ name, url }] : []
  })
}
