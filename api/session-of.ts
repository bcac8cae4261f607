import { GembaError } from '../model/error.ts'
import type { SessionView } from '../model/session.ts'
import type { ApiDeps } from './api-deps.ts'

/** The session as its workflow published it last. `session_not_found`. */
export async function sessionOf(deps: ApiDeps, id: string): Promise<{ view: SessionView; open: boolean }> {
  const snapshot = await deps.store.snapshot('session', id)
  if (snapshot === undefined) throw new GembaError('session_not_found', { session: id })
  return { view: snapshot.view as SessionView, open: snapshot.open }
}

/** A session that still runs. `session_not_found`, `session_closed`. */
export async function openSessionOf(deps: ApiDeps, id: string): Promise<SessionView> {
  const { view, open } = await sessionOf(deps, id)
  if (!open) throw new GembaError('session_closed', { session: id })
  return view
}
