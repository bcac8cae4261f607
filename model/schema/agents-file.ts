import { Type, type Static } from 'typebox'
import { table } from './config-table.ts'

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

export type AgentsFile = Static<typeof agentsFileSchema>
