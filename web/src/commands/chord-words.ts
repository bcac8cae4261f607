const words: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
}

/** A chord as it is printed on keys. */
export function chordWords(chord: string): string[] {
  const mod = globalThis.navigator?.platform.startsWith('Mac') === true ? '⌘' : 'Ctrl'
  const wordsOf = (press: string): string[] => {
    if (press.startsWith('Mod+')) return [mod, press.slice(4).toUpperCase()]
    if (press.startsWith('Shift+')) return ['Shift', ...wordsOf(press.slice(6))]
    return [words[press] ?? press]
  }
  return chord.split(' ').flatMap(wordsOf)
}
