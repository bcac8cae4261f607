import { useCommands } from '../commands/registry.ts'
import { useSelection } from '../stores/selection.ts'
import { isWriting } from './is-writing.ts'
import { useProfile } from './use-profile.ts'

/**
 * Selects all of a list's beads, and ends the selection, by keyboard. `ids` are those that the list shows, asked when they
 * are selected; `any` tells whether there are some.
 */
export function useSelectionKeys(ids: () => readonly string[], any: () => boolean): void {
  const selection = useSelection()
  const { has } = useProfile()
  useCommands({ 'panel.close': () => selection.clear() }, () => selection.count > 0)
  useCommands(
    { 'board.select-all': () => (isWriting() ? false : selection.replace(ids())) },
    () => has('authoring') && any(),
  )
}
