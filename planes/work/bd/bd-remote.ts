import type { RemoteState } from '../../../model/mode.ts'
import type { Write } from '../../../model/work-plane.ts'
import { actorName } from '../bead-change.ts'
import { remoteStateOf, requireRemote, type DoltRemote } from '../remote-state.ts'
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
  await writeTurn(source.folder.beads, async () => {
    const before = (await readRemotes(source)).find((each) => each.name === remote.name)
    if (before?.url === remote.url) return
    // bd asks before it replaces one, and would have nobody to answer.
    if (before !== undefined) await runWrite(source, ['dolt', 'remote', 'remove'], [remote.name], { actor })
    await runWrite(source, ['dolt', 'remote', 'add', '--json'], [remote.name, remote.url], { actor })
  })
  return readBdRemote(source)
}

/** What the database says counts more than what the files beside it say. */
async function readRemotes(source: BdSource): Promise<readonly DoltRemote[]> {
  const said = await source.sightings.own(() => source.bd.run(['dolt', 'remote', 'list', '--json']))
  return objectsIn(said).flatMap(({ name, sql_url: sql, cli_url: cli }) => {
    const url = typeof sql === 'string' ? sql : cli
    return typeof name === 'string' && typeof url === 'string' ? [{ name, url }] : []
  })
}
