import { createInterface } from 'node:readline'
import { plainLine } from '../../model/plain-text.ts'

/** The agent's side of its terminal: it prints like a person at work and listens to what is typed. */
export interface Conversation {
  step(text: string): void
  detail(text: string): void
  good(text: string): void
  bad(text: string): void
  /** Somebody's words. */
  heard(text: string): void
  /** The next line that is typed. Lines that nobody waits for are repeated with "You said". */
  nextLine(): { readonly line: Promise<string>; cancel(): void }
}

const longestLine = 2_000

/** `onQuit` is called when somebody types `/exit` or `exit`; `onEnd` when nothing more can be typed. */
export function openConversation(onQuit: () => void, onEnd: () => void): Conversation {
  let waiting: ((line: string) => void) | undefined
  const paint = (code: number, text: string) =>
    process.env['NO_COLOR'] === undefined ? `\u001b[${code}m${text}\u001b[0m` : text
  const print = (mark: string, text: string) => process.stdout.write(`${mark} ${text}\n`)
  const heard = (text: string) => print(paint(35, '›'), `You said: ${text}`)
  const input = createInterface({ input: process.stdin, terminal: false })
  input.on('line', (raw) => {
    const line = plainLine(raw, longestLine)
    if (line === '/exit' || line === 'exit') return onQuit()
    if (line === '') return
    heard(line)
    waiting?.(line)
  })
  input.on('close', onEnd)
  return {
    step: (text) => print(paint(36, '●'), paint(1, plainLine(text, longestLine))),
    detail: (text) => print(' ', paint(2, plainLine(text, longestLine))),
    good: (text) => print(paint(32, '✔'), plainLine(text, longestLine)),
    bad: (text) => print(paint(31, '✖'), plainLine(text, longestLine)),
    heard,
    nextLine: () => {
      const cancel = () => {
        waiting = undefined
      }
      const line = new Promise<string>((resolve) => {
        waiting = (text) => {
          cancel()
          resolve(text)
        }
      })
      return { line, cancel }
    },
  }
}
