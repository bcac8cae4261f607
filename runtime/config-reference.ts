import { agentsFileSchema } from '../model/schema/agents-file.ts'
import { configTables, type ConfigKey } from '../model/schema/config-keys.ts'
import { projectFileSchema } from '../model/schema/project-file.ts'

/** What steers Gemba beside the files. */
const variables: readonly (readonly [name: string, what: string])[] = [
  [
    'GEMBA_CACHE',
    'Folder of the programs that set-up obtained, by its full path. Default: `gemba` in the cache folder of the platform.',
  ],
  ['GEMBA_TEMPORAL', 'Path of the `temporal` program; likewise `GEMBA_DOLT`, `GEMBA_TMUX`, `GEMBA_GIT`, `GEMBA_GO`.'],
  [
    'GEMBA_RELEASES',
    'Address of a mirror of the release API of GitHub, by HTTPS, from which Temporal and Dolt are downloaded.',
  ],
  [
    'GEMBA_DATA',
    'The data folder: beads, durable processes, the record, tokens. Default: `.gemba/data` of the project where that ' +
      "exists, else a folder of the project's own in `gemba/projects` of the user's state folder (`XDG_STATE_HOME`, " +
      '`~/.local/state`, on macOS `~/Library/Application Support`). `--data` goes before it.',
  ],
  ['GEMBA_LOG_LEVEL', 'How much the logs in the data folder tell: `debug`, `info` (default), `warn` or `error`.'],
]

/** The reference of every configuration key, as Markdown, from the schemas themselves. */
export function configReference(): string {
  return [
    '# Configuration reference',
    '',
    'Generated from the schemas by `npm run docs`. `gemba config explain` shows the values in force and their origin.',
    'An unknown key is an error. Environment variables, where named, go before the file.',
    '',
    ...page('`.gemba/gemba.toml`', configTables(projectFileSchema)),
    ...page('`.gemba/agents.toml`', configTables(agentsFileSchema)),
    '## Environment variables of their own',
    '',
    '| variable | what it is |',
    '| --- | --- |',
    ...variables.map(([name, what]) => `| \`${name}\` | ${what} |`),
    '',
  ].join('\n')
}

/** Every key, for `gemba config explain`. */
export function configKeys(): ConfigKey[] {
  return [projectFileSchema, agentsFileSchema].flatMap((schema) => configTables(schema).flatMap((table) => table.keys))
}

function page(title: string, tables: ReturnType<typeof configTables>): string[] {
  return [`## ${title}`, '', ...tables.flatMap(section)]
}

function section(table: ReturnType<typeof configTables>[number]): string[] {
  const header = table.name.endsWith('[]') ? `[[${table.name.slice(0, -2)}]]` : `[${table.name}]`
  return [
    `### \`${header}\``,
    '',
    table.description,
    '',
    '| key | type | default | what it is |',
    '| --- | --- | --- | --- |',
    ...table.keys.map(row),
    '',
  ]
}

function row(key: ConfigKey): string {
  const name = key.path.slice(key.path.lastIndexOf('.') + 1)
  const fallback = key.required ? 'required' : key.fallback === undefined ? '–' : `\`${JSON.stringify(key.fallback)}\``
  const variable = key.environment === undefined ? '' : ` Environment: \`${key.environment}\`.`
  return `| \`${name}\` | ${key.type} | ${fallback} | ${key.description}${variable} |`
}
