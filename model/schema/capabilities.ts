import { Type } from 'typebox'
import { stateCategory } from './bead.ts'
import { diskState } from './disk.ts'
import { capabilityProfile, modeSource } from './mode.ts'
import { trouble } from './problem.ts'
import { instant, nullable, record, words } from './text.ts'

const workPlane = record(
  'WorkPlaneState',
  {
    healthy: Type.Boolean(),
    ...trouble,
    since: instant,
    adaptor: Type.String(),
    display: Type.String(),
    schemaVersion: Type.Integer(),
    prefix: Type.String(),
    readOnly: Type.Boolean(),
    readOnlyReason: nullable(Type.String()),
    watch: words(['hash', 'slow', 'none']),
    compareAndSet: Type.Boolean(),
    concurrentChildren: Type.Boolean(),
    statuses: Type.Array(Type.String()),
    types: Type.Array(Type.String()),
  },
  { description: 'The work plane and whether it answers.' },
)

const orchestration = record('OrchestrationManifest', {
  adaptor: words(['native', 'gastown', 'mock']),
  version: Type.String(),
  workspaceKinds: Type.Array(words(['worktree', 'container', 'exec'])),
  peek: Type.Array(words(['transcript', 'screen'])),
  liveTerminal: Type.Boolean(),
  input: Type.Boolean(),
})

export const capabilities = record('Capabilities', {
  mode: words(['full', 'beads_only']),
  profile: capabilityProfile,
  source: nullable(modeSource),
  manifest_path: nullable(Type.String({ description: 'Where changes are recorded; null where they are not.' })),
  beads_read_only: Type.Boolean({ description: 'Started with `--beads-read-only`.' }),
  version: Type.String(),
  person: Type.String(),
  project: record('ProjectCapabilities', {
    id: Type.String(),
    name: Type.String(),
    prefix: Type.String(),
    repositories: Type.Array(
      record('RepositoryCapabilities', {
        id: Type.String(),
        base: Type.String(),
        integration: words(['merge', 'push', 'pr', 'none']),
      }),
    ),
    agents: Type.Array(record('AgentCapabilities', { name: Type.String() })),
    defaultAgent: Type.String(),
    maxSessions: Type.Integer(),
  }),
  workPlane: nullable(workPlane),
  orchestration: nullable(orchestration),
  disk: diskState,
  lanes: Type.Array(record('Lane', { state: stateCategory, title: Type.String() })),
  links: record('Links', { temporalUi: nullable(Type.String()) }),
})
