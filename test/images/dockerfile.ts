import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Copy, DockerfileParser, From, type Instruction } from 'dockerfile-ast'

export const dockerfileName = fileURLToPath(new URL('../../Dockerfile', import.meta.url))
export const dockerfileText = readFileSync(dockerfileName, 'utf8')

/** A stage of our Dockerfile, with all that it takes over from those it begins with. Arguments have their defaults. */
export interface Stage {
  readonly name: string
  /** The image that it begins with in the end, which is no stage. */
  readonly image: string
  /** What each instruction of this keyword says, in their order. */
  said(keyword: string): string[]
  /** The list of strings that the last instruction of this keyword ends with; it is that of `ENTRYPOINT`, `CMD` and others. */
  list(keyword: string): string[]
  /** What `ENV` sets. */
  readonly env: Readonly<Record<string, string>>
  /** The commands of all its `RUN`, each as its words. */
  readonly commands: readonly (readonly string[])[]
  readonly copies: readonly { readonly from: string | undefined; readonly words: readonly string[] }[]
}

/** The stages in their order: the last is the one that is made when none is asked for. */
export const stages: readonly Stage[] = readStages(DockerfileParser.parse(dockerfileText).getInstructions())

/** A stage by its name, which there must be. */
export function stage(name: string): Stage {
  const found = stages.find((each) => each.name === name)
  if (found === undefined) throw new Error(`the Dockerfile has no stage ${name}`)
  return found
}

/** By what each program below `/usr/local/bin` is made: the target of a link, or the stage that it is copied from. */
export function programsOf({ commands, copies }: Stage): Record<string, string> {
  const folder = '/usr/local/bin/'
  const linked = commands.flatMap(([command, flag, target = '', path = '']) =>
    command === 'ln' && flag === '-s' && path.startsWith(folder) ? [[path.slice(folder.length), target]] : [],
  )
  const copied = copies.flatMap(({ from, words }) => {
    const path = words.at(-1) ?? ''
    return path.startsWith(folder) ? [[path.slice(folder.length), `stage ${from ?? ''}`]] : []
  })
  return Object.fromEntries([...linked, ...copied]) as Record<string, string>
}

/** The packages of the distribution that it installs. */
export function packagesOf({ commands }: Stage): string[] {
  const installs = commands.filter(([command, verb]) => command === 'apt-get' && verb === 'install')
  return installs.flatMap((words) => words.slice(2).filter((word) => !word.startsWith('-')))
}

function readStages(instructions: readonly Instruction[]): Stage[] {
  const read: Stage[] = []
  const own = new Map<string, Instruction[]>()
  let current: Instruction[] = []
  for (const instruction of instructions) {
    if (instruction instanceof From) {
      const [image = ''] = wordsOf(instruction)
      current = [...(own.get(image) ?? [])]
      const name = instruction.getBuildStage() ?? ''
      own.set(name, current)
      const base = read.find((each) => each.name === image)
      read.push(stageOf(name, base?.image ?? image, current))
    } else current.push(instruction)
  }
  return read
}

/** `instructions` may still grow: they are read when they are asked for. */
function stageOf(name: string, image: string, instructions: readonly Instruction[]): Stage {
  const of = (keyword: string): Instruction[] => instructions.filter((each) => each.getKeyword() === keyword)
  const said = (keyword: string): string[] => of(keyword).map((each) => each.getArgumentsContent() ?? '')
  return {
    name,
    image,
    said,
    list: (keyword) => JSON.parse(/\[.*\]$/.exec(said(keyword).at(-1) ?? '')?.[0] ?? '[]') as string[],
    get env() {
      return Object.fromEntries(
        of('ENV')
          .flatMap(wordsOf)
          .map((word) => word.split('=', 2)),
      )
    },
    get commands() {
      return of('RUN').flatMap((each) => commandsIn(wordsOf(each)))
    },
    get copies() {
      const all = of('COPY').filter((each) => each instanceof Copy)
      return all.map((copy) => ({
        from:
          copy
            .getFlags()
            .find((flag) => flag.getName() === 'from')
            ?.getValue() ?? undefined,
        words: wordsOf(copy),
      }))
    },
  }
}

function wordsOf(instruction: Instruction): string[] {
  return instruction.getExpandedArguments().map((argument) => argument.getValue().replace(/^(["'])(.*)\1$/, '$2'))
}

function commandsIn(words: readonly string[]): string[][] {
  return words.reduce<string[][]>(
    (commands, word) =>
      word === '&&' ? [...commands, []] : [...commands.slice(0, -1), [...(commands.at(-1) ?? []), word]],
    [[]],
  )
}
