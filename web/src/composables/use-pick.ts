import { nextTick } from 'vue'
import { useSelection } from '../stores/selection.ts'

/** What a click on a bead's box does: picks it for a change of many; with Shift everything from what was picked last. */
export function usePick(list: () => readonly string[]): (bead: string, event: MouseEvent) => void {
  const selection = useSelection()

  return (bead, event) => {
    if (event.shiftKey) selection.extend(bead, list())
    else selection.toggle(bead)
    // The browser has flipped the box itself, also where a range keeps it picked.
    const box = event.currentTarget as HTMLInputElement
    void nextTick(() => (box.checked = selection.has(bead)))
  }
}
