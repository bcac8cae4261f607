/** In a field, keys that select all or undo are about its text. */
export function isWriting(): boolean {
  return document.activeElement?.closest('input:not([type="checkbox"]), textarea, select') != null
}
