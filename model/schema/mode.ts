import { Type } from 'typebox'
import { surfaces } from '../mode.ts'
import { trouble } from './problem.ts'
import { instant, nullable, record, words } from './text.ts'

const mode = words(['full', 'beads_only'])

export const capabilityProfile = record(
  'CapabilityProfile',
  {
    mode,
    readOnly: Type.Boolean({ description: 'Started read-only; a source may refuse writes for reasons of its own.' }),
    surfaces: Type.Array(words(surfaces)),
  },
  { description: 'What this server offers; whatever is not in the list is refused and not shown.' },
)

export const manifestState = record('ManifestState', {
  path: Type.String(),
  status: words(['ok', 'failed', 'off']),
  why: Type.String(),
  lost: Type.Integer({
    description: 'Entries that should be in the file and are not; most of them wait for the next try.',
  }),
})

const remoteState = record('RemoteState', {
  configured: Type.Boolean(),
  name: Type.String(),
  display: Type.String({ description: 'Its address, without secrets.' }),
  reachable: words(['yes', 'no', 'unknown']),
  why: Type.String(),
})

export const modeSource = record('ModeSource', {
  kind: words(['url', 'worktree', 'beads_dir', 'project']),
  display: Type.String(),
  readonly: Type.Boolean(),
})

export const modeStatus = record(
  'ModeStatus',
  {
    mode,
    source: nullable(modeSource),
    source_id: Type.String({
      description: 'Names the open source. A change that carries it in `X-GEMBA-Source` is refused once it is another.',
    }),
    project_required: Type.Boolean(),
    orchestration_required: Type.Boolean(),
    manifest_path: nullable(Type.String()),
    beads_read_only: Type.Boolean(),
    bd_found: Type.Boolean({
      description:
        'Whether the server finds `bd`: without it a folder is opened only if a Dolt server keeps its database, and none is made.',
    }),
    health: record('SourceHealth', { healthy: Type.Boolean(), ...trouble, since: instant }),
    privilege: words(['read_write', 'read_only', 'unknown']),
    read_only_reason: nullable(Type.String()),
    last_sync: nullable(instant),
    remote: nullable(remoteState),
    manifest: manifestState,
  },
  { description: 'Mode, source and health; `source` is null until one is chosen.' },
)

const folder = Type.String({
  minLength: 1,
  maxLength: 4096,
  description: 'An absolute path on the machine of the server.',
})

export const sourceSelection = Type.Union([
  record('UrlSource', {
    kind: words(['url']),
    url: Type.String({
      minLength: 1,
      maxLength: 2048,
      description: 'mysql://user:password@host:port/database, or dolt://.',
    }),
  }),
  record('FolderSource', {
    kind: words(['worktree', 'beads_dir']),
    folder,
    initialise: Type.Optional(Type.Boolean({ description: 'Make a Beads database where there is none.' })),
    prefix: Type.Optional(
      Type.String({ pattern: '^[a-z][a-z0-9-]{0,30}$', description: 'Prefix of the ids of a database that is made.' }),
    ),
  }),
])

export const remoteSetUp = record('RemoteSetUp', {
  name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' }),
  url: Type.String({ minLength: 1, maxLength: 2048 }),
})
