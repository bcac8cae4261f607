import { Type, type Static } from 'typebox'
import { beadsTable } from './beads-table.ts'
import { environment, idPattern, prefixPattern, table } from './config-table.ts'
import { processesTable, timingTable } from './process-tables.ts'
import { repositoryTable } from './repository-table.ts'
import { serverTable } from './server-table.ts'

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

export type ProjectFile = Static<typeof projectFileSchema>
