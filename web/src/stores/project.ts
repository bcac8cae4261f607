import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { DiskState } from '../../../model/disk.ts'
import type { Capabilities } from '../api/types.ts'

export interface WorkPlaneHealth {
  readonly healthy: boolean
  readonly why: string
  readonly code: string | null
  readonly mend: string
}

const well: WorkPlaneHealth = { healthy: true, why: '', code: null, mend: '' }

/** What the server told of itself and its project. */
export const useProject = defineStore('project', () => {
  const capabilities = shallowRef<Capabilities | null>(null)
  const workPlane = ref<WorkPlaneHealth>(well)
  const disk = ref<DiskState | null>(null)
  const name = computed(() => capabilities.value?.project.name ?? 'Gemba')
  const temporalUi = computed(() => safeAddress(capabilities.value?.links.temporalUi))
  const agents = computed(() => capabilities.value?.project.agents.map((agent) => agent.name) ?? [])

  /** Until the Beads database has answered once, only the status tells how it does; null says that none is chosen yet. */
  function take(next: Capabilities, status: WorkPlaneHealth | null): void {
    capabilities.value = next
    const { healthy, why, code, mend } = next.workPlane ?? status ?? well
    workPlane.value = { healthy, why, code, mend }
    disk.value = next.disk
  }

  function setDisk(state: DiskState): void {
    disk.value = state
  }

  function setWorkPlane(health: WorkPlaneHealth): void {
    workPlane.value = health
  }

  return { capabilities, workPlane, disk, name, temporalUi, agents, take, setWorkPlane, setDisk }
})

function safeAddress(address: string | null | undefined): string | null {
  return address != null && /^(https?:\/\/|\/temporal\/$)/.test(address) ? address : null
}
