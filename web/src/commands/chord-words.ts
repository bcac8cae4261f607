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
  return chord
    .split(' ')
    .flatMap((press) => (press.startsWith('Mod+') ? [mod, press.slice(4).toUpperCase()] : [words[press] ?? press]))
}
