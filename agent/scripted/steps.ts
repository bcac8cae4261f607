/** One step of the example agent's script. Texts may contain `{answer}`, the latest answer a person gave. */
export type Step =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'write'; readonly path: string; readonly text: string }
  | { readonly kind: 'append'; readonly path: string; readonly text: string }
  | { readonly kind: 'commit'; readonly message: string }
  | { readonly kind: 'ask'; readonly question: string; readonly options: readonly string[] }
  | { readonly kind: 'run-tests' }
  | { readonly kind: 'sleep'; readonly seconds: number }
  | { readonly kind: 'fail' }
  | { readonly kind: 'done' }

const opening = /^([> \t]*)(`{3,})gemba-steps[ \t]*$/
const mostSteps = 200
const longestSleep = 600

/** The lines of the `gemba-steps` block in a text, which may be quoted; undefined when there is none. */
export function findSteps(text: string): string[] | undefined {
  const lines = text.split('\n')
  const at = lines.findIndex((line) => opening.test(line))
  if (at < 0) return undefined
  const [, prefix = '', fence = ''] = opening.exec(lines[at] ?? '') ?? []
  const inside: string[] = []
  for (const line of lines.slice(at + 1)) {
    const own = line.startsWith(prefix) ? line.slice(prefix.length) : line.slice(prefix.trimEnd().length)
    if (own.trim() === fence) return inside
    inside.push(own)
  }
  return inside
}

/** Reads steps, one per line; `write` takes the indented lines below it. Throws an `Error` that names a wrong line. */
export function parseSteps(lines: readonly string[]): Step[] {
  const steps: Step[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    if (line.trim() === '') continue
    const [word = '', rest = ''] = splitOnce(line.trim())
    if (word !== 'write') {
      steps.push(simpleStep(word, rest, line))
      continue
    }
    const end = endOfBlock(lines, at + 1)
    steps.push({ kind: 'write', path: required(rest, line), text: blockText(lines.slice(at + 1, end)) })
    at = end - 1
  }
  if (steps.length > mostSteps) throw new Error(`there are more than ${mostSteps} steps`)
  return steps
}

/** What the agent does for a bead that brings no steps: it notes the bead in a file of its own, commits and is done. */
export function defaultSteps(bead: string, title: string): Step[] {
  return [
    { kind: 'say', text: `No steps were given for ${bead}; I note it in the work log.` },
    { kind: 'append', path: `worklog/${bead}.md`, text: `- ${bead}: ${title}` },
    { kind: 'commit', message: `Note ${bead} in the work log` },
    { kind: 'done' },
  ]
}

function simpleStep(word: string, rest: string, line: string): Step {
  switch (word) {
    case 'say':
      return { kind: 'say', text: required(rest, line) }
    case 'append': {
      const [path = '', text = ''] = splitOnce(rest)
      return { kind: 'append', path: required(path, line), text }
    }
    case 'commit':
      return { kind: 'commit', message: required(rest, line) }
    case 'ask': {
      const [question = '', ...options] = rest.split('|').map((part) => part.trim())
      return { kind: 'ask', question: required(question, line), options: options.filter((option) => option !== '') }
    }
    case 'sleep': {
      const seconds = Number(rest)
      if (!(seconds >= 0 && seconds <= longestSleep)) throw new Error(`"${line}" needs seconds up to ${longestSleep}`)
      return { kind: 'sleep', seconds }
    }
    case 'run-tests':
    case 'fail':
    case 'done':
      return { kind: word }
    default:
      throw new Error(`"${line.slice(0, 80)}" is not a step`)
  }
}

function endOfBlock(lines: readonly string[], from: number): number {
  let end = from
  while (end < lines.length && (/^\s/.test(lines[end] ?? '') || (lines[end] ?? '') === '')) end += 1
  return end
}

/** Without the indentation that all lines share; ends with one line end. */
function blockText(lines: readonly string[]): string {
  const depths = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length)
  const depth = Math.min(...depths, 80)
  const text = lines.map((line) => line.slice(depth)).join('\n')
  return text.trim() === '' ? '' : `${text.trimEnd()}\n`
}

function splitOnce(text: string): [string, string] {
  const at = text.search(/\s/)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1).trim()]
}

function required(text: string, line: string): string {
  if (text === '') throw new Error(`"${line.trim().slice(0, 80)}" is not complete`)
  return text
}
