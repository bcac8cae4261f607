import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { ManifestState } from '../../../model/manifest.ts'
import type { SourceSelection } from '../../../model/mode.ts'
import { api } from '../api/client.ts'
import { ProblemError } from '../api/problem.ts'
import { showSource } from '../api/request.ts'
import type { ModeStatus, Problem } from '../api/types.ts'
import { useSelection } from './selection.ts'

/** How long the server may take from full mode to Beads-only mode, in milliseconds. */
const goesOverWithinMs = 90_000

const notGoneOver: Problem = {
  code: 'server_unreachable',
  detail: 'Full mode was left, but Beads-only mode has not come up.',
  mend: 'Look at the terminal in which `gemba serve` runs; it says why.',
  status: 0,
  params: {},
}

/** The mode, source and health of the server, as it told them last. */
export const useStatus = defineStore('status', () => {
  const selection = useSelection()
  const status = shallowRef<ModeStatus | null>(null)
  /** Beads-only mode before a source was chosen. */
  const lacksSource = computed(() => status.value?.mode === 'beads_only' && status.value.source === null)

  /** What was picked among the beads of another source is not picked here. */
  function take(next: ModeStatus): void {
    if (status.value !== null && status.value.source_id !== next.source_id) selection.clear()
    status.value = next
    showSource(next.source_id)
  }

  async function load(): Promise<void> {
    take(await api.status())
  }

  /** Has the server look at its source now. */
  async function check(): Promise<void> {
    take(await api.checkStatus())
  }

  /** In full mode the server ends for it, and one of Beads-only mode takes its place: that is waited for. */
  async function select(source: SourceSelection): Promise<void> {
    const answer = await api.selectSource(source)
    if (answer.mode === 'beads_only') return take(answer)
    for (const end = Date.now() + goesOverWithinMs; Date.now() < end; await new Promise((go) => setTimeout(go, 400))) {
      const now = await api.status().catch(() => null)
      if (now?.mode === 'beads_only') return take(now)
    }
    throw new ProblemError(notGoneOver)
  }

  async function setUpRemote(name: string, url: string): Promise<void> {
    take(await api.setUpRemote(name, url))
  }

  function takeManifest(manifest: ManifestState): void {
    if (status.value !== null) status.value = { ...status.value, manifest }
  }

  return { status, lacksSource, load, check, select, setUpRemote, takeManifest }
})
