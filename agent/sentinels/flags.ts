/** Command line of a sentinel: flags may stand anywhere, `--flag value` or `--flag=value`; what follows `--` is text. */
export interface ParsedFlags {
  readonly words: readonly string[]
  readonly values: ReadonlyMap<string, readonly string[]>
  /** What was wrong, for the person or agent that typed it; undefined when all is well. */
  readonly problem: string | undefined
}

/** `valued` flags take a value, `plain` ones do not. */
export function parseFlags(
  args: readonly string[],
  valued: readonly string[],
  plain: readonly string[] = [],
): ParsedFlags {
  const words: string[] = []
  const values = new Map<string, string[]>()
  const add = (name: string, value: string) => values.set(name, [...(values.get(name) ?? []), value])
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? ''
    if (arg === '--') {
      words.push(...args.slice(index + 1))
      break
    }
    const [, name, value] = /^--([a-z-]+)(?:=([\s\S]*))?$/.exec(arg) ?? []
    if (name === undefined) words.push(arg)
    else if (plain.includes(name) && value === undefined) add(name, '')
    else if (!valued.includes(name)) return { words, values, problem: `unknown flag --${name}` }
    else if (value !== undefined) add(name, value)
    else if (index + 1 < args.length) add(name, args[(index += 1)] ?? '')
    else return { words, values, problem: `--${name} needs a value` }
  }
  return { words, values, problem: undefined }
}
