import { createHash } from 'node:crypto'
import { plainText } from '../model/plain-text.ts'
import { withoutSidePanel } from './side-panel.ts'

/** The question that an agent's program has drawn on its screen. */
export interface Dialog {
  /** As it stands there, for a person; at most 4,000 characters. */
  readonly text: string
  /**
   * The same for the same question: spinners, clocks, frames, the selection mark and line breaks do not count. Says by
   * itself whether a dialog was recognised (`isRecognised`).
   */
  readonly digest: string
  /** Choices in their order with the keys that take them; empty when none were recognised. */
  readonly options: readonly { readonly key: string; readonly label: string }[]
}

const option = /^[\s│┃|]*(?:[❯›>▶➤*•→]\s*)?(\d)[.)]\s+(\S.*?)[\s│┃|]*$/u
const mark = /^(\s*[❯›>▶➤]\s+)\S/u
const footer = /\bEnter to (?:confirm|select|continue)\b/i
const [up, down] = ['\u001b[A', '\u001b[B']
/** The upper edge of a dialog. What it shows is set in from it, so a command can not draw one into its own text. */
const edge = /^[╭┌╔]?[─━═]{8,}[╮┐╗]?\s*$/u
/** Lines inside a dialog, around the command or the change that it is about. */
const rule = /^\s*[╌┄]{8,}\s*$/u
const spinner = /^\s*[·✢✳✶✻✽∗⠁-⣿◐◓◑◒]\s|\b(?:esc|ctrl\+c) to interrupt\b/u
const times = /\b\d{1,2}:\d{2}(?::\d{2})?\b|\b\d+(?:\.\d+)?\s?(?:ms|s|m|h)\b/gu
/** Lines from the first choice to the last, and from a dialog's edge to its first choice. */
const longestList = 40
const tallest = 200
const fallbackLines = 12

interface Choices {
  /** Indices of their first and last line. */
  readonly first: number
  readonly last: number
  readonly options: Dialog['options']
}

/** Finds the dialog at the bottom of a screen: its choices and what stands above them up to its edge. */
export function findDialog(screen: string): Dialog | undefined {
  const lines = withoutSidePanel(screen.split('\n'))
  const choices = numberedChoices(lines) ?? markedChoices(lines)
  if (choices === undefined) return undefined
  const { first, last, options } = choices
  const top = topAbove(lines, first)
  const region =
    top === undefined
      ? lines.slice(Math.max(0, first - fallbackLines), last + 1).filter((line) => !spinner.test(line))
      : lines.slice(top, last + 1)
  return { ...describe(region, top === undefined ? withoutTimes : (line) => line), options }
}

const bottomMark = 'bottom-'

/** What stands at the bottom of a screen without a recognised dialog. */
export function bottomOf(screen: string): Dialog {
  const all = withoutSidePanel(screen.split('\n'))
  const lines = all.filter((line) => line.trim() !== '' && !spinner.test(line))
  const { text, digest } = describe(lines.slice(-fallbackLines), withoutTimes)
  return { text, digest: `${bottomMark}${digest}`, options: [] }
}

/** Whether a digest is that of a dialog, which can be seen to go, and not of whatever stood at a screen's bottom. */
export function isRecognised(digest: string): boolean {
  return !digest.startsWith(bottomMark)
}

/** The key that says yes or no in this dialog. */
export function answerKey(dialog: Dialog, approve: boolean): string {
  const wanted = approve
    ? /^(?:yes|allow|approve|accept|proceed|ok|continue)\b/i
    : /^(?:no|deny|reject|cancel|don.t)\b/i
  const match = dialog.options.find((each) => wanted.test(each.label))
  if (match !== undefined) return match.key
  if (!approve) return '\u001b'
  return dialog.options.length === 0 && /\bEnter to (?!cancel)/i.test(dialog.text) ? '\r' : '1'
}

/** Choices count down to 1 above the last one, with other lines (wrapped labels) between at most. */
function numberedChoices(lines: readonly string[]): Choices | undefined {
  const last = lines.findLastIndex((line) => option.test(line))
  // Above the agent's input box stands a list that it wrote itself.
  if (last === -1 || lines.slice(last + 1).some((line) => edge.test(line))) return undefined
  const first = lines.slice(0, last + 1).findLastIndex((line) => option.exec(line)?.[1] === '1')
  if (first === -1 || last - first > longestList) return undefined
  // Not from above the first choice: a command may hold lines that look like choices.
  const options = lines.slice(first, last + 1).flatMap((line) => {
    const [, key, label] = option.exec(line) ?? []
    return key === undefined || label === undefined ? [] : [{ key, label }]
  })
  return { first, last, options }
}

/** Choices without numbers: the marked one is taken with Return, arrow keys lead to the others. */
function markedChoices(lines: readonly string[]): Choices | undefined {
  const foot = lines.findLastIndex((line) => footer.test(line))
  const at = lines.slice(0, Math.max(0, foot)).findLastIndex((line) => mark.test(line))
  const indent = mark.exec(lines[at] ?? '')?.[1]?.length
  if (indent === undefined) return undefined
  const isChoice = (index: number) =>
    index === at || (/^\s*$/.test((lines[index] ?? '-').slice(0, indent)) && /\S/.test(lines[index]?.[indent] ?? ''))
  let [first, last] = [at, at]
  while (isChoice(first - 1)) first -= 1
  while (isChoice(last + 1)) last += 1
  if (first === last) return undefined
  const options = lines.slice(first, last + 1).map((line, index) => {
    const steps = first + index - at
    return { key: `${(steps < 0 ? up : down).repeat(Math.abs(steps))}\r`, label: line.slice(indent).trim() }
  })
  return { first, last, options }
}

/** Where a dialog with an edge begins; 0 when its edge is above the screen; undefined when it has none. */
function topAbove(lines: readonly string[], first: number): number | undefined {
  let ruled = false
  for (let index = first - 1; index >= Math.max(0, first - tallest); index -= 1) {
    const line = lines[index] ?? ''
    if (edge.test(line)) return index + 1
    ruled ||= rule.test(line)
  }
  return ruled ? 0 : undefined
}

/** Where a question has no border, a clock or a counter may stand between its lines. */
function withoutTimes(line: string): string {
  return line.replace(times, '')
}

function describe(lines: readonly string[], normalise: (line: string) => string): { text: string; digest: string } {
  const text = plainText(
    lines
      .map((line) => line.replace(/^[│┃]|[│┃]\s*$/gu, '').trimEnd())
      .map((line) => line.replace(/[─━═╌┄]{8,}/gu, '────────'))
      .join('\n')
      .trim(),
    4_000,
  )
  const essence = lines
    .map(normalise)
    .join('')
    .replace(/[\s│┃─━═╌┄╭╮╰╯┌┐└┘╔╗╚╝❯›▶➤]/gu, '')
    .normalize('NFC')
  return { text, digest: createHash('sha256').update(essence).digest('hex') }
}
