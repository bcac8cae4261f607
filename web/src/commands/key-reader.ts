import type { Command } from './table.ts'

/** What of a keyboard event decides. */
export interface KeyPress {
  readonly key: string
  readonly mod: boolean
  readonly shift?: boolean
  /** The person is writing: only chords with `Mod` count. */
  readonly typing: boolean
  /** Milliseconds on any steady clock. */
  readonly at: number
}

export interface KeyReader {
  /** True when the press was used, or began a chord. */
  press(press: KeyPress): boolean
}

const patienceMs = 1_500

/** Reads chords. `run` tells whether the command did something; when not, the next candidate is asked. */
export function createKeyReader<C extends Command>(
  table: readonly C[],
  options: { readonly singleKeys: () => boolean; readonly run: (command: C) => boolean },
): KeyReader {
  let begun: { presses: string; at: number } | null = null

  return {
    press(press) {
      if (isModifier(press.key)) return false
      if (!press.mod && (press.typing || !allowed(press.key, options.singleKeys()))) return false
      const shift = press.shift === true && press.key.length > 1
      const word = (press.mod ? 'Mod+' : '') + (shift ? 'Shift+' : '') + press.key
      const prefix = begun !== null && press.at - begun.at <= patienceMs ? `${begun.presses} ` : ''
      begun = null
      const chord = prefix + word
      if (candidates(table, chord).some(options.run)) return true
      if (!table.some((command) => command.keys.some((keys) => keys.startsWith(`${chord} `)))) return false
      begun = { presses: chord, at: press.at }
      return true
    },
  }
}

function candidates<C extends Command>(table: readonly C[], chord: string): C[] {
  return table.filter((command) => command.keys.includes(chord))
}

/** The chords of a command that work while single keys are on, or off. */
export function workingKeys({ keys }: Command, singleKeys: boolean): string[] {
  const works = (press: string): boolean => press.startsWith('Mod+') || allowed(press, singleKeys)
  return keys.filter((chord) => chord.split(' ').every(works))
}

/** Printable single keys can be switched off (WCAG 2.1.4); arrows and Escape always work. */
function allowed(key: string, singleKeys: boolean): boolean {
  return singleKeys || key.length > 1
}

function isModifier(key: string): boolean {
  return key === 'Shift' || key === 'Control' || key === 'Meta' || key === 'Alt'
}
