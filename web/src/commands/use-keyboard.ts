import { onScopeDispose } from 'vue'
import { createKeyReader } from './key-reader.ts'
import { useCommandRegistry } from './registry.ts'
import { commands } from './table.ts'

/** Binds the table's chords to the page, once, in the shell. */
export function useKeyboard(): void {
  const registry = useCommandRegistry()
  const reader = createKeyReader(commands, { singleKeys: () => registry.singleKeys, run: ({ id }) => registry.run(id) })

  function onKeydown(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.altKey || event.isComposing) return
    const target = event.target instanceof Element ? event.target : null
    if (target?.closest('.control .xterm, dialog, [role="menu"]')) return
    const { key, shiftKey: shift, timeStamp: at } = event
    const press = { key, shift, mod: event.ctrlKey || event.metaKey, typing: isTyping(target), at }
    if (reader.press(press)) event.preventDefault()
  }

  document.addEventListener('keydown', onKeydown)
  onScopeDispose(() => document.removeEventListener('keydown', onKeydown))
}

/** A terminal has a text area too; nobody types into one that is read only. */
function isTyping(target: Element | null): boolean {
  return target?.closest('input, textarea, select, [contenteditable="true"]')?.closest('.xterm') === null
}
