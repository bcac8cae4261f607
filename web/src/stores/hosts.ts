import { defineStore } from 'pinia'
import { computed, shallowRef, triggerRef } from 'vue'
import type { HostView } from '../../../model/host.ts'

export const useHosts = defineStore('hosts', () => {
  const held = shallowRef(new Map<string, HostView>())
  const all = computed(() => [...held.value.values()].sort((a, b) => (a.label < b.label ? -1 : 1)))

  function get(id: string): HostView | undefined {
    return held.value.get(id)
  }

  function replace(hosts: readonly HostView[]): void {
    held.value = new Map(hosts.map((host) => [host.id, host]))
  }

  function apply(host: HostView): void {
    held.value.set(host.id, host)
    triggerRef(held)
  }

  return { all, get, replace, apply }
})
