import { noTrouble } from '../../model/error.ts'
import type { SessionManifest } from '../../model/manifest.ts'
import { profileOf, type ModePlace, type ModeSource, type ModeStatus, type SourceSelection } from '../../model/mode.ts'
import type { ModeView } from '../api-deps.ts'
import { at } from './samples.ts'

const status: ModeStatus = {
  mode: 'beads_only',
  source: { kind: 'url', display: 'mysql://root@127.0.0.1:3307/gemba', readonly: false },
  source_id: 's1',
  project_required: false,
  orchestration_required: false,
  manifest_path: '.gemba/session-manifest.jsonl',
  beads_read_only: false,
  bd_found: true,
  health: { healthy: true, ...noTrouble, since: at },
  privilege: 'read_write',
  read_only_reason: null,
  last_sync: at,
  remote: null,
  manifest: { path: '.gemba/session-manifest.jsonl', status: 'ok', why: '', lost: 0 },
}

/** Beads-only mode in memory: it keeps what it was asked. */
export class BeadsOnlyDouble implements ModeView {
  readonly selected: SourceSelection[] = []
  readonly remotes: { readonly name: string; readonly url: string }[] = []
  checks = 0
  source = 's1'
  ledger: SessionManifest | null = null
  chosen: ModeSource | null = { kind: 'url', display: 'mysql://root@127.0.0.1:3307/gemba' }
  readonly #readOnly: boolean

  constructor(readOnly = false) {
    this.#readOnly = readOnly
  }

  place(): ModePlace {
    return { source: this.chosen, manifest_path: status.manifest_path }
  }

  sourceId(): string {
    return this.source
  }

  during<T>(run: () => Promise<T>): Promise<T> {
    return run()
  }

  profile() {
    return profileOf('beads_only', this.#readOnly)
  }

  manifest(): SessionManifest | null {
    return this.ledger
  }

  async status(): Promise<ModeStatus> {
    return status
  }

  async check(): Promise<void> {
    this.checks++
    throw new Error('the source is away')
  }

  async select(selection: SourceSelection): Promise<void> {
    this.selected.push(selection)
  }

  async setUpRemote(remote: { readonly name: string; readonly url: string }): Promise<void> {
    this.remotes.push(remote)
  }
}
