import { system } from '../model/actor.ts'
import { GembaError } from '../model/error.ts'
import type { ModeSource, SourceSelection } from '../model/mode.ts'
import type { ManifestFile } from '../planes/manifest/manifest-file.ts'
import { openManifest } from '../planes/manifest/open-manifest.ts'
import { recordedExchange } from '../planes/manifest/recorded-exchange.ts'
import { recordedWorkPlane } from '../planes/manifest/recorded-work-plane.ts'
import { openBeads } from '../planes/work/beads-sql.ts'
import { trust } from '../planes/work/login.ts'
import { readOnlyWorkPlane } from '../planes/work/read-only-work-plane.ts'
import { sqlExchange } from '../planes/work/sql-exchange.ts'
import { sourceDisplay, urlAddress } from '../runtime/beads-source.ts'
import { openPatienceMs, type OpenSource } from './chosen-source.ts'
import { openFolder, type RawSource, type SourceAccess } from './open-folder.ts'
import { withinTime } from './within-time.ts'

/** Why nothing is changed or recorded, for people. */
const askedReadOnly = 'Gemba was started with `--beads-read-only`'

/**
 * Opens a Beads source: a server by SQL, a folder through `bd` or, where a Dolt server keeps it, by SQL as well. With
 * `readOnly` each change is refused before it reaches the source.
 */
export async function openSource(
  selection: SourceSelection,
  access: SourceAccess,
  ledger: ManifestFile,
): Promise<OpenSource> {
  const source = sourceDisplay(selection)
  const { raw, exchange } = await openPlane(selection, access)
  try {
    return await recorded(source, { raw, exchange }, { readOnly: access.readOnly, ledger })
  } catch (error) {
    await raw.disconnect()
    throw error
  }
}

/** Finds out whether a source can be used; makes a database where the selection says so. Nothing is recorded. */
export async function tryOutSource(selection: SourceSelection): Promise<void> {
  sourceDisplay(selection)
  const { raw } = await withinTime(
    openPatienceMs,
    () => openPlane(selection, { readOnly: false, restart: false, watched: () => false }),
    (late) => late.raw.disconnect(),
  )
  await raw.disconnect()
}

/** Opens what a selection names; the caller disconnects. */
export async function openPlane(selection: SourceSelection, access: SourceAccess): Promise<RawSource> {
  if (selection.kind !== 'url') return openFolder(selection, access)
  const { host, port, user, password, database, tls } = urlAddress(selection.url)
  const login = { host, port, user, database, ...(password === '' ? {} : { password }), ...trust(tls) }
  return { raw: await openBeads(login), exchange: sqlExchange(login) }
}

async function recorded(
  source: ModeSource,
  { raw, exchange }: RawSource,
  { readOnly, ledger: file }: { readonly readOnly: boolean; readonly ledger: ManifestFile },
): Promise<OpenSource> {
  const plane = readOnly ? readOnlyWorkPlane(raw, askedReadOnly) : raw
  const { readOnlyReason: off } = await plane.manifest()
  const manifest = await openManifest({ file, source, off })
  const work = recordedWorkPlane(plane, manifest)
  return {
    source,
    work,
    exchange: recordedExchange(exchange, raw, manifest),
    manifest,
    remote: async () => (await work.remote?.()) ?? null,
    setUpRemote: async (remote) => {
      if (work.setRemote === undefined) throw new GembaError('source_invalid', { why: 'it can have no remote' })
      await work.setRemote(remote, { actor: system })
    },
    async close() {
      await manifest.close()
      await raw.disconnect()
    },
  }
}
