import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { ManifestState } from '../../../model/manifest.ts'
import type { SourceSelection } from '../../../model/mode.ts'
import { api } from '../api/client.ts'
import { showSource } from '../api/request.ts'
import type { ModeStatus } from '../api/types.ts'
import { useSelection } from './selection.ts'

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

  async function select(source: SourceSelection): Promise<void> {
    take(await api.selectSource(source))
  }

  async function setUpRemote(name: string, url: string): Promise<void> {
    take(await api.setUpRemote(name, url))
  }

  function takeManifest(manifest: ManifestState): void {
    if (status.value !== null) status.value = { ...status.value, manifest }
  }

  return { status, lacksSource, load, check, select, setUpRemote, takeManifest }
})
