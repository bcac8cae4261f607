import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { ManifestState } from '../../../model/manifest.ts'
import type { SourceSelection } from '../../../model/mode.ts'
import { api } from '../api/client.ts'
import type { ModeStatus } from '../api/types.ts'

/** The mode, source and health of the server, as it told them last. */
export const useStatus = defineStore('status', () => {
  const status = shallowRef<ModeStatus | null>(null)
  /** Beads-only mode before a source was chosen. */
  const lacksSource = computed(() => status.value?.mode === 'beads_only' && status.value.source === null)

  async function load(): Promise<void> {
    status.value = await api.status()
  }

  /** Has the server look at its source now. */
  async function check(): Promise<void> {
    status.value = await api.checkStatus()
  }

  async function select(source: SourceSelection): Promise<void> {
    status.value = await api.selectSource(source)
  }

  async function setUpRemote(name: string, url: string): Promise<void> {
    status.value = await api.setUpRemote(name, url)
  }

  function takeManifest(manifest: ManifestState): void {
    if (status.value !== null) status.value = { ...status.value, manifest }
  }

  return { status, lacksSource, load, check, select, setUpRemote, takeManifest }
})
