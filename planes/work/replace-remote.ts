import { GembaError } from '../../model/error.ts'
import { withoutLogin } from '../../runtime/url-secrets.ts'
import { trialName, type DoltRemote } from './remote-address.ts'

/** How remotes come and go, which neither Dolt nor bd does as one. */
export interface RemoteActs {
  add(remote: DoltRemote): Promise<unknown>
  remove(name: string): Promise<unknown>
}

/**
 * Gives the database a remote, or one of that name another address. The address is first taken under another name: what
 * Dolt refuses (`remote_invalid`) leaves the former remote as it is. Nobody else may change remotes meanwhile.
 */
export async function replaceRemote(
  remote: DoltRemote,
  present: readonly DoltRemote[],
  { add, remove }: RemoteActs,
): Promise<void> {
  const before = present.find(({ name }) => name === remote.name)
  if (before?.url === remote.url) return
  if (present.some(({ name }) => name === trialName)) await remove(trialName)
  await add({ ...remote, name: trialName }).catch((error: unknown) => {
    throw refusal(error)
  })
  await remove(trialName)
  if (before !== undefined) await remove(before.name)
  try {
    await add(remote)
  } catch (error) {
    if (before !== undefined) await putBack(before, add)
    throw error
  }
}

async function putBack(before: DoltRemote, add: RemoteActs['add']): Promise<void> {
  try {
    await add(before)
  } catch (error) {
    const lost = `${before.name}, ${withoutLogin(before.url)}, is gone, and could not be put back`
    throw new GembaError('remote_invalid', { why: lost }, { cause: error })
  }
}

const elsewhere: readonly string[] = [
  'work_plane_unavailable',
  'beads_login_refused',
  'work_plane_conflict',
  'read_only',
]

/** Dolt and bd have no codes for it; what is no matter of the address stays what it is. */
function refusal(error: unknown): unknown {
  if (!(error instanceof GembaError) || elsewhere.includes(error.code)) return error
  return new GembaError('remote_invalid', { why: error.params['why'] ?? error.message }, { cause: error })
}
