import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'

export type PanelTab = 'status' | 'history' | 'source'

const panelTabs: readonly string[] = ['status', 'history', 'source']

/** Which tab of the project's panel is open: it is part of the address, so that it can be shared and gone back to. */
export const useProjectPanel = defineStore('project-panel', () => {
  const route = useRoute()
  const router = useRouter()
  const tab = computed<PanelTab | null>(() => {
    const asked = route.query['panel']
    return typeof asked === 'string' && panelTabs.includes(asked) ? (asked as PanelTab) : null
  })

  /** It was opened by somebody who goes on in it. */
  const wantsFocus = ref(false)

  /** Pages that have no place for it are left for the board. */
  function open(next: PanelTab): void {
    void router.push({ path: beside(route.path), query: { ...route.query, panel: next } })
  }

  /** Opens it and takes the focus there. */
  function enter(next: PanelTab): void {
    wantsFocus.value = true
    open(next)
  }

  function close(): void {
    const { panel: _, ...query } = route.query
    void router.push({ path: route.path, query })
  }

  return { tab, wantsFocus, open, enter, close }
})

/** A bead's own panel gives way. */
function beside(path: string): string {
  return path.replace(/^(\/(?:board|backlog))\/.*/, '$1')
}
