import { readdirSync } from 'node:fs'

const folder = new URL('./commands/', import.meta.url)

/** Runs one command line and returns what it prints. Without the name of a command it converts. */
export async function run(words) {
  const named = readdirSync(folder).includes(`${words[0]}.js`)
  const [name, args] = named ? [words[0], words.slice(1)] : ['convert', words]
  const command = await import(new URL(`${name}.js`, folder))
  return command.default(args)
}
