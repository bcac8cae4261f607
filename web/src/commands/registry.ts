import { defineStore } from 'pinia'
import { computed, ref, shallowRef, triggerRef, watch } from 'vue'
import type { CommandId } from './table.ts'
import { commands } from './table.ts'

/** Answers for a command; `false` says that it did not apply, and the key goes on to the page. */
export type CommandHandler = () => void | false

const storageKey = 'gemba.single-keys'

/** Who answers for which command right now. The newest answers first. */
export const useCommandRegistry = defineStore('commands', () => {
  const handlers = shallowRef(new Map<CommandId, readonly CommandHandler[]>())
  const singleKeys = ref(readFlag())
  const available = computed(() => commands.filter((command) => (handlers.value.get(command.id)?.length ?? 0) > 0))

  function register(id: CommandId, handler: CommandHandler): () => void {
    handlers.value.set(id, [handler, ...(handlers.value.get(id) ?? [])])
    triggerRef(handlers)
    return () => {
      handlers.value.set(
        id,
        (handlers.value.get(id) ?? []).filter((held) => held !== handler),
      )
      triggerRef(handlers)
    }
  }

  /** True when a handler did it. */
  function run(id: CommandId): boolean {
    return (handlers.value.get(id) ?? []).some((handler) => handler() !== false)
  }

  function setSingleKeys(on: boolean): void {
    singleKeys.value = on
    globalThis.localStorage?.setItem(storageKey, on ? 'on' : 'off')
  }

  return { available, singleKeys, register, run, setSingleKeys }
})

/** Answers for commands while the calling component is on the page, and `when` holds. */
export function useCommands(
  answers: Partial<Record<CommandId, CommandHandler>>,
  when: () => boolean = () => true,
): void {
  const registry = useCommandRegistry()
  watch(
    when,
    (holds, _, onCleanup) => {
      if (!holds) return
      for (const { id } of commands) {
        const handler = answers[id]
        if (handler !== undefined) onCleanup(registry.register(id, handler))
      }
    },
    { immediate: true, flush: 'sync' },
  )
}

function readFlag(): boolean {
  return globalThis.localStorage?.getItem(storageKey) !== 'off'
}
