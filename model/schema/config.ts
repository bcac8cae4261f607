import { Type, type Static, type TProperties, type TSchema } from 'typebox'
import { defaultTiming } from '../timing.ts'

/** A key that an environment variable may override, for containers and secrets. */
const environment = (name: string): { environment: string } => ({ environment: name })

const table = <Properties extends TProperties>(properties: Properties, description: string) =>
  Type.Object(properties, { additionalProperties: false, description })

const milliseconds = (description: string, value: number) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: 30 * 24 * 3_600_000, default: value, description }))

const waits = (description: string, value: readonly number[]) =>
  Type.Optional(Type.Array(Type.Integer({ minimum: 1 }), { maxItems: 20, default: [...value], description }))

const idPattern = '^[a-z][a-z0-9-]{0,31}$'
const prefixPattern = '^[A-Za-z][A-Za-z0-9_-]{0,31}$'

const projectTable = table(
  {
    id: Type.String({
      pattern: idPattern,
      description: 'Names the project in addresses and durable processes. Never change it.',
    }),
    name: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: 'What people call it. Default: its id.' }),
    ),
    prefix: Type.Optional(
      Type.String({ pattern: prefixPattern, description: 'Prefix of new bead ids. Default: the project id.' }),
    ),
    example: Type.Optional(
      Type.Boolean({ default: false, description: 'Fill an empty Beads database with the beads of the example.' }),
    ),
  },
  'The project.',
)

const beadsTable = table(
  {
    embedded: Type.Optional(
      Type.Boolean({
        description: 'Run a Dolt server for the beads, over a folder of the data. Default: true unless `url` is set.',
      }),
    ),
    url: Type.Optional(
      Type.String({
        pattern: '^(mysql|dolt)://',
        description:
          'A Dolt server of your own: `mysql://user:password@host:port/database`, or `dolt://…`, which is the same. With `?tls=true` only TLS is spoken, and the certificate must name the host and come from an authority that Node knows; `?tls=true&tls-ca=ca.pem` names a file (from the project folder on) with the authorities to trust instead.',
        ...environment('GEMBA_BEADS_URL'),
      }),
    ),
    password_file: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'File with the password of `url`, from the project folder on, where the address holds none.',
        ...environment('GEMBA_BEADS_PASSWORD_FILE'),
      }),
    ),
    dir: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'A folder with `.beads`, or the `.beads` itself, from the project folder on; read and written through `bd`, or by SQL where a Dolt server keeps it.',
        ...environment('GEMBA_BEADS_DIR'),
      }),
    ),
    read_only: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Beads-only mode in which nothing can be changed.',
        ...environment('GEMBA_BEADS_READ_ONLY'),
      }),
    ),
    manifest: Type.Optional(
      Type.String({
        minLength: 1,
        default: '.gemba/session-manifest.jsonl',
        description: 'The session manifest of Beads-only mode, from the folder on.',
        ...environment('GEMBA_BEADS_ONLY_MANIFEST'),
      }),
    ),
    database: Type.Optional(
      Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_-]{0,62}$', default: 'beads', description: 'Name of the database.' }),
    ),
  },
  'Where the beads are.',
)

const repositoryTable = table(
  {
    id: Type.String({ pattern: idPattern, description: 'What labels call it: `repo:<id>`.' }),
    path: Type.Optional(
      Type.String({ minLength: 1, default: '.', description: 'Its folder, from the project folder on.' }),
    ),
    base: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        default: 'main',
        description: 'The branch that work starts from and returns to.',
      }),
    ),
    integration: Type.Optional(
      Type.Union([Type.Literal('merge'), Type.Literal('push'), Type.Literal('pr'), Type.Literal('none')], {
        default: 'merge',
        description:
          'What becomes of finished work: merged here, pushed to the base, pushed for review, or left on its branch.',
      }),
    ),
    remote: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$',
        default: 'origin',
        description: 'The remote that `push` and `pr` use.',
      }),
    ),
    prefixes: Type.Optional(
      Type.Array(Type.String({ pattern: prefixPattern }), {
        maxItems: 50,
        default: [],
        description: 'Prefixes of the bead ids that belong here.',
      }),
    ),
  },
  'A git repository that agents work in. Without any, the project folder is the one.',
)

const serverTable = table(
  {
    listen: Type.Optional(
      Type.String({
        pattern: '^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9.-]+):\\d{1,5}$',
        default: '127.0.0.1:7666',
        description: 'Address and port of the console and the API.',
        ...environment('GEMBA_LISTEN'),
      }),
    ),
    public_url: Type.Optional(
      Type.String({
        pattern: '^https?://[^/]+/?$',
        description: 'The address by which others reach the server, when it is another one.',
        ...environment('GEMBA_PUBLIC_URL'),
      }),
    ),
    auth: Type.Optional(
      Type.Union([Type.Literal('token'), Type.Literal('none')], {
        default: 'token',
        description: 'Whether browsers must show the local token. `none` is refused beyond the loopback.',
        ...environment('GEMBA_AUTH'),
      }),
    ),
    mode: Type.Optional(
      Type.Union([Type.Literal('full'), Type.Literal('beads_only')], {
        default: 'full',
        description: 'All of Gemba, or the planning half alone, over any Beads database.',
        ...environment('GEMBA_MODE'),
      }),
    ),
    beads_only: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'The same as `mode = "beads_only"`.',
        ...environment('GEMBA_BEADS_ONLY'),
      }),
    ),
    orchestration: Type.Optional(
      Type.Union([Type.Literal('native'), Type.Literal('none')], {
        default: 'native',
        description: 'Whether agents run on this machine, in tmux, or none are started.',
        ...environment('GEMBA_ORCHESTRATION'),
      }),
    ),
  },
  'The console and the API.',
)

const processesTable = table(
  {
    hung_after: Type.Optional(
      Type.Integer({
        minimum: 1_000,
        maximum: 3_600_000,
        default: 20_000,
        description: 'Milliseconds of silence after which one of them counts as hung, is ended and started again.',
      }),
    ),
    log_size: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        default: 10,
        description: 'Megabytes after which a log is set aside. One older log of each process is kept.',
      }),
    ),
  },
  'The processes of `gemba serve`.',
)

const timingTable = table(
  {
    server_activity: milliseconds('Limit of one try of a short step on the server.', defaultTiming.serverActivity),
    start_pane: milliseconds('Limit of starting a pane.', defaultTiming.startPane),
    host_activity: milliseconds('Limit of one try of a short step on a host.', defaultTiming.hostActivity),
    integrate: milliseconds('Limit of integrating finished work.', defaultTiming.integrate),
    heartbeat: milliseconds('Silence of a host after which another watcher takes its place.', defaultTiming.heartbeat),
    attend: milliseconds('Longest life of one watcher of a session.', defaultTiming.attend),
    relaunch: waits(
      'Waits before a dead pane is launched again; after the last the bead is parked.',
      defaultTiming.relaunch,
    ),
    restart: waits(
      'Waits before a failed start is tried again; after the last the bead is parked.',
      defaultTiming.restart,
    ),
    end_grace: milliseconds('Time that a quitting agent is given.', defaultTiming.endGrace),
    confirm: milliseconds('Time in which a typed answer must show its effect.', defaultTiming.confirm),
    obstructed: milliseconds(
      'Wait before a text that found a dialog in its way is typed again.',
      defaultTiming.obstructed,
    ),
    degraded: milliseconds('Silence after which a host counts as degraded.', defaultTiming.degraded),
    offline: milliseconds('Silence after which a host counts as offline.', defaultTiming.offline),
  },
  'Durations in milliseconds. Rarely changed.',
)

/** `.gemba/gemba.toml`. */
export const projectFileSchema = table(
  {
    project: projectTable,
    beads: Type.Optional(beadsTable),
    repository: Type.Optional(Type.Array(repositoryTable, { maxItems: 100 })),
    server: Type.Optional(serverTable),
    limits: Type.Optional(
      table(
        {
          max_sessions: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 1_000,
              default: 6,
              description: 'Sessions at a time over all hosts.',
              ...environment('GEMBA_MAX_SESSIONS'),
            }),
          ),
          min_free_disk: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: 1e15,
              default: 500_000_000,
              description:
                'Bytes that must be free for the data and each repository; below, nothing new is started. 0: no limit.',
              ...environment('GEMBA_MIN_FREE_DISK'),
            }),
          ),
        },
        'How much runs at a time.',
      ),
    ),
    store: Type.Optional(
      table(
        {
          url: Type.Optional(
            Type.String({
              pattern: '^postgres(ql)?://',
              description: 'A Postgres database for the operational store. Default: one embedded in the data folder.',
              ...environment('GEMBA_STORE_URL'),
            }),
          ),
        },
        'The operational store: people, events, the record.',
      ),
    ),
    temporal: Type.Optional(
      table(
        {
          address: Type.Optional(
            Type.String({
              pattern: '^[^/\\s]+:\\d{1,5}$',
              description: 'A Temporal server of your own. Default: one embedded in the data folder.',
              ...environment('GEMBA_TEMPORAL_ADDRESS'),
            }),
          ),
          namespace: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 100,
              default: 'gemba',
              description: 'Its namespace.',
              ...environment('GEMBA_TEMPORAL_NAMESPACE'),
            }),
          ),
          ui: Type.Optional(
            Type.String({
              pattern: '^https?://[^\\s]+$',
              maxLength: 2_000,
              description: 'The web page of that server, linked from the console. The embedded one is linked anyway.',
              ...environment('GEMBA_TEMPORAL_UI'),
            }),
          ),
        },
        'The durable processes.',
      ),
    ),
    agents: Type.Optional(
      table(
        {
          default: Type.Optional(
            Type.String({
              description: 'Agent type of beads that name none. Default: the first of `.gemba/agents.toml`.',
              ...environment('GEMBA_AGENT'),
            }),
          ),
        },
        'Which agent works.',
      ),
    ),
    gastown: Type.Optional(
      table(
        {
          town: Type.Optional(
            Type.String({
              minLength: 1,
              description:
                'The folder of a Gas Town town. In Beads-only mode its beads are the source, where no other is named.',
              ...environment('GEMBA_TOWN'),
            }),
          ),
          city: Type.Optional(
            Type.String({
              minLength: 1,
              description: 'The same for a city.',
              ...environment('GEMBA_CITY'),
            }),
          ),
        },
        'Gas Town beside Gemba.',
      ),
    ),
    processes: Type.Optional(processesTable),
    timing: Type.Optional(timingTable),
  },
  'The project file.',
)

const agentTable = table(
  {
    name: Type.String({
      pattern: '^[a-z][a-z0-9_-]{0,31}$',
      description: 'What Gemba and people call this agent type.',
    }),
    command: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1_000,
        description:
          'The program. `gemba:scripted` is the agent of the example, which carries out the steps in the text of a bead.',
      }),
    ),
    binary: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000, description: 'Another word for `command`.' })),
    args: Type.Optional(
      Type.Array(Type.String({ maxLength: 10_000 }), {
        maxItems: 100,
        default: [],
        description: 'Its arguments, before the preamble.',
      }),
    ),
    env: Type.Optional(
      Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }), Type.String({ maxLength: 10_000 }), {
        default: {},
        description: 'Variables added to its environment.',
      }),
    ),
    model: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'The model it is told to use.' })),
    hooks: Type.Optional(
      Type.Union([Type.Literal('claude_code'), Type.Literal('none')], {
        description: 'How it tells what it does. Default: `claude_code` for the command `claude`, else `none`.',
      }),
    ),
    preamble: Type.Optional(
      Type.Union([Type.Literal('argument'), Type.Literal('file')], {
        description: 'How its task reaches it. Default: `argument` for the command `claude`, else `file`.',
      }),
    ),
    quit: Type.Optional(
      Type.String({ maxLength: 200, default: '/exit', description: 'What is typed to make it quit.' }),
    ),
    interaction_mode: Type.Optional(
      Type.Union([Type.Literal('dangerous'), Type.Literal('balanced'), Type.Literal('cautious')], {
        default: 'balanced',
        description: 'How its questions and blockers are treated.',
      }),
    ),
    max_parallel: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000,
        default: 6,
        description: 'Sessions of this type at a time on one host.',
      }),
    ),
    agent_closes: Type.Optional(
      Type.Boolean({ default: false, description: 'It closes its bead itself; Gemba then only checks.' }),
    ),
  },
  'An agent type. A change counts from the next start of Gemba on, also when a session that goes on has to launch its agent again; its `interaction_mode` and `agent_closes` stay what they were when it began.',
)

/** `.gemba/agents.toml`. */
export const agentsFileSchema = table(
  { agent: Type.Optional(Type.Array(agentTable, { maxItems: 100 })) },
  'The agent types. Without the file there is `claude`.',
)

export type ProjectFile = Static<typeof projectFileSchema>
export type AgentsFile = Static<typeof agentsFileSchema>

/** One key of a configuration file, as reference and `gemba config explain` show it. */
export interface ConfigKey {
  /** Dotted, `repository[].path` for lists of tables. */
  readonly path: string
  readonly table: string
  readonly type: string
  readonly description: string
  readonly required: boolean
  readonly fallback: unknown
  readonly environment: string | undefined
}

/** A JSON schema as far as the reference reads it. */
interface Described {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly environment?: string
  readonly const?: unknown
  readonly anyOf?: readonly Described[]
  readonly items?: Described
  readonly properties?: Readonly<Record<string, Described>>
  readonly required?: readonly string[]
}

/** All tables of a schema with their keys, in the order of the schema. */
export function configTables(schema: TSchema): { name: string; description: string; keys: ConfigKey[] }[] {
  const top = schema as Described
  return Object.entries(top.properties ?? {}).map(([name, entry]) => {
    const path = entry.items === undefined ? name : `${name}[]`
    const content = entry.items ?? entry
    const keys = Object.entries(content.properties ?? {}).map(([key, leaf]) => ({
      path: `${path}.${key}`,
      table: path,
      type: typeOf(leaf),
      description: leaf.description ?? '',
      required: content.required?.includes(key) ?? false,
      fallback: leaf.default,
      environment: leaf.environment,
    }))
    return { name: path, description: content.description ?? '', keys }
  })
}

function typeOf(schema: Described): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map((option) => JSON.stringify(option.const)).join(' or ')
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}s`
  if (schema.type === 'object') return 'table of strings'
  return schema.type ?? 'any'
}
