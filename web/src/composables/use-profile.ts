import { defineStore } from 'pinia'
import { computed, type ComputedRef } from 'vue'
import { profileOf, type CapabilityProfile, type RuntimeMode, type Surface } from '../../../model/mode.ts'
import { useProject } from '../stores/project.ts'

export interface Profile {
  readonly mode: ComputedRef<RuntimeMode>
  /** Nothing can be written: by decision of who started the server, or because the source does not allow it. */
  readonly readOnly: ComputedRef<boolean>
  /** Read-only by decision of who started the server. */
  readonly asked: ComputedRef<boolean>
  has(surface: Surface): boolean
}

/** Worked out once: every row of a list asks for it. */
const useShared = defineStore('profile', () => {
  const project = useProject()
  const profile = computed<CapabilityProfile>(() => project.capabilities?.profile ?? profileOf('full', false))
  const mode = computed(() => profile.value.mode)
  const readOnly = computed(() => profile.value.readOnly || project.capabilities?.workPlane?.readOnly === true)
  const asked = computed(() => profile.value.readOnly)

  const shared: Profile = { mode, readOnly, asked, has }

  function has(surface: Surface): boolean {
    return profile.value.surfaces.includes(surface) && !(surface === 'authoring' && readOnly.value)
  }

  return { shared: (): Profile => shared }
})

/** What this server offers: components leave out what it has not, instead of drawing controls that are dead. */
export function useProfile(): Profile {
  return useShared().shared()
}
