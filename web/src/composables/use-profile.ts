import { computed } from 'vue'
import { profileOf, type CapabilityProfile, type Surface } from '../../../model/mode.ts'
import { useProject } from '../stores/project.ts'

/** What this server offers: components leave out what it has not, instead of drawing controls that are dead. */
export function useProfile() {
  const project = useProject()
  const profile = computed<CapabilityProfile>(() => project.capabilities?.profile ?? profileOf('full', false))
  const mode = computed(() => profile.value.mode)
  /** Nothing can be written: by decision of who started the server, or because the source does not allow it. */
  const readOnly = computed(() => profile.value.readOnly || project.capabilities?.workPlane?.readOnly === true)

  /** Read-only by decision of who started the server. */
  const asked = computed(() => profile.value.readOnly)

  function has(surface: Surface): boolean {
    return profile.value.surfaces.includes(surface) && !(surface === 'authoring' && readOnly.value)
  }

  return { mode, readOnly, asked, has }
}
