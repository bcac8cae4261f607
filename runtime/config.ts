import { join, resolve } from 'node:path'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { GembaError } from '../model/error.ts'
import { knownAgent, knownRepository, type AgentType, type Repository } from '../model/agent.ts'
import type { Project } from '../model/project.ts'
import { agentsFileSchema } from '../model/schema/agents-file.ts'
import { configTables, type ConfigKey } from '../model/schema/config-keys.ts'
import { projectFileSchema, type ProjectFile } from '../model/schema/project-file.ts'
import { agentTypes } from './agent-types.ts'
import { beadsAddress, type BeadsAddress } from './beads-address.ts'
import { passwordIn } from './beads-source.ts'
import { invalid, readConfigFile, type ConfigFile } from './config-file.ts'
import { publicOrigin, timingOf } from './config-values.ts'
import { parseListen, type ListenAddress } from './listen-address.ts'

/** What the configuration of any server says, with a project or without. */
export interface ServingConfig {
  /** The folder it is of, absolute. */
  readonly folder: string
  readonly listen: ListenAddress
  readonly publicUrl: string | undefined
  readonly auth: 'token' | 'none'
  readonly orchestration: 'native' | 'none'
  /** Bytes that must be free, below which nothing new is started. */
  readonly minFreeDisk: number
  /** How the processes of `gemba serve` are watched. */
  readonly processes: { readonly hungAfterMs: number; readonly largestLog: number }
  /** Where each value comes from: a file and line, an environment variable, or `default`. By dotted path. */
  readonly origins: ReadonlyMap<string, ConfigOrigin>
}

/** Everything the configuration of a project says, complete with defaults. */
export interface LoadedProject extends ServingConfig {
  readonly project: Project
  /** What only the project's own host is told: where its repositories lie and how its agents are run. */
  readonly repositories: readonly Repository[]
  readonly agents: readonly AgentType[]
  readonly beads: BeadsAddress
  /** Undefined: the embedded store. */
  readonly storeUrl: string | undefined
  /** Undefined: the embedded server. */
  readonly temporalAddress: string | undefined
  readonly temporalNamespace: string
  /** The web page of a Temporal server of one's own. */
  readonly temporalUi: string | undefined
  readonly example: boolean
}

export interface ConfigOrigin {
  readonly value: unknown
  readonly from: string
}

/** The files of a project's configuration. */
export function configPaths(folder: string): { project: string; agents: string } {
  const at = resolve(folder, '.gemba')
  return { project: join(at, 'gemba.toml'), agents: join(at, 'agents.toml') }
}

/** What the configuration says of a server in `folder`; a project file may be missing. `config_invalid` as for a project. */
export function loadServing(folder: string, env: NodeJS.ProcessEnv = process.env): ServingConfig {
  const root = resolve(folder)
  return servingOf(root, originsOf(readConfigFile(configPaths(root).project, projectFileSchema), env))
}

function servingOf(folder: string, origins: ReadonlyMap<string, ConfigOrigin>): ServingConfig {
  const value = <Type>(path: string): Type => origins.get(path)?.value as Type
  const from = (path: string): string => origins.get(path)?.from ?? 'default'
  return {
    folder,
    listen: listenAddress({ value: value('server.listen'), from: from('server.listen') }),
    publicUrl: publicOrigin(value('server.public_url'), from('server.public_url')),
    auth: value('server.auth'),
    orchestration: value('server.orchestration'),
    minFreeDisk: value('limits.min_free_disk'),
    processes: {
      hungAfterMs: value('processes.hung_after'),
      largestLog: value<number>('processes.log_size') * 1_000_000,
    },
    origins,
  }
}

/**
 * Reads `.gemba/gemba.toml` and `.gemba/agents.toml`. Environment variables go before the files.
 * `project_missing` without a project file; `config_invalid` with file, line and reason for whatever is not right.
 */
export function loadProject(folder: string, env: NodeJS.ProcessEnv = process.env): LoadedProject {
  const root = resolve(folder)
  const paths = configPaths(root)
  const file = readConfigFile(paths.project, projectFileSchema)
  if (file === undefined) throw new GembaError('project_missing', { folder: root })
  const agentsFile = readConfigFile(paths.agents, agentsFileSchema)
  const origins = originsOf(file, env)
  const value = <Type>(path: string): Type => origins.get(path)?.value as Type
  const from = (path: string): string => origins.get(path)?.from ?? paths.project
  const id = file.content.project.id
  const written = (path: string) => ({ value: value<string | undefined>(path), from: from(path) })
  const agents = agentTypes(agentsFile)
  const repositories = writtenRepositories(root, id, file)
  const prefix = file.content.project.prefix ?? id
  return {
    ...servingOf(root, origins),
    project: {
      id,
      name: file.content.project.name ?? id,
      prefix,
      repositories: repositories.map(knownRepository),
      agents: agents.map(knownAgent),
      defaultAgent: defaultAgent(value<string | undefined>('agents.default'), agents, origins),
      maxSessions: value('limits.max_sessions'),
      timing: timingOf(file.content.timing ?? {}),
    },
    repositories,
    agents,
    beads: withPasswordOf(
      beadsAddress(file, { url: written('beads.url'), dir: written('beads.dir') }, value('beads.database'), root),
      value('beads.password_file'),
      root,
    ),
    storeUrl: value('store.url'),
    temporalAddress: value('temporal.address'),
    temporalNamespace: value('temporal.namespace'),
    temporalUi: value('temporal.ui'),
    example: value('project.example'),
  }
}

function listenAddress({ value, from }: ConfigOrigin): ListenAddress {
  const address = parseListen(String(value))
  if (address !== undefined) return address
  throw invalid(from, undefined, `${String(value)} is not an address and port such as 127.0.0.1:7666`)
}

function withPasswordOf(beads: BeadsAddress, file: string | undefined, root: string): BeadsAddress {
  if (beads.embedded || 'folder' in beads || beads.password !== '' || file === undefined) return beads
  return { ...beads, password: passwordIn(resolve(root, file)) }
}

/** The keys that have one value, with the value in force and its origin. */
function originsOf(file: ConfigFile<ProjectFile> | undefined, env: NodeJS.ProcessEnv): Map<string, ConfigOrigin> {
  const keys = configTables(projectFileSchema).flatMap((table) => table.keys)
  return new Map(keys.filter((key) => !key.path.includes('[]')).map((key) => [key.path, originOf(key, file, env)]))
}

function originOf(key: ConfigKey, file: ConfigFile<ProjectFile> | undefined, env: NodeJS.ProcessEnv): ConfigOrigin {
  const given = key.environment === undefined ? undefined : env[key.environment]
  if (key.environment !== undefined && given !== undefined && given !== '') {
    return { value: fromEnvironment(key, given), from: `environment ${key.environment}` }
  }
  const [table = '', name = ''] = key.path.split('.')
  if (file === undefined) return { value: key.fallback, from: 'default' }
  const content = new Map<string, unknown>(Object.entries(file.content)).get(table)
  const written = new Map<string, unknown>(Object.entries(content ?? {})).get(name)
  if (written === undefined) return { value: key.fallback, from: 'default' }
  const line = file.lineOf([table, name])
  return { value: written, from: line === undefined ? file.file : `${file.file}:${line}` }
}

function fromEnvironment(key: ConfigKey, text: string): unknown {
  const schema = leafSchema(key.path)
  const value = valueOf(key.type, text)
  if (schema !== undefined && Value.Check(schema, value)) return value
  throw invalid(`environment ${key.environment ?? ''}`, undefined, `the value does not suit ${key.path}`)
}

/** Booleans are written as containers write them. */
function valueOf(type: string, text: string): unknown {
  if (type === 'integer') return Number(text)
  if (type !== 'boolean') return text
  const word = text.toLowerCase()
  if (['true', '1', 'yes', 'on'].includes(word)) return true
  return ['false', '0', 'no', 'off'].includes(word) ? false : text
}

function leafSchema(path: string): TSchema | undefined {
  const [table = '', name = ''] = path.split('.')
  const tables = projectFileSchema.properties as unknown as Record<string, { properties?: Record<string, TSchema> }>
  return tables[table]?.properties?.[name]
}

function writtenRepositories(root: string, project: string, file: ConfigFile<ProjectFile>): Repository[] {
  const written = file.content.repository ?? []
  if (written.length === 0) return [repository(root, { id: project })]
  for (const [index, each] of written.entries()) {
    if (written.findIndex((other) => other.id === each.id) === index) continue
    throw invalid(file.file, file.lineOf(['repository', String(index), 'id']), `two repositories are called ${each.id}`)
  }
  return written.map((each) => repository(root, each))
}

function repository(root: string, written: NonNullable<ProjectFile['repository']>[number]): Repository {
  return {
    id: written.id,
    path: resolve(root, written.path ?? '.'),
    base: written.base ?? 'main',
    integration: written.integration ?? 'merge',
    remote: written.remote ?? 'origin',
    prefixes: written.prefixes ?? [],
  }
}

function defaultAgent(
  wanted: string | undefined,
  agents: readonly AgentType[],
  origins: ReadonlyMap<string, ConfigOrigin>,
): string {
  if (wanted === undefined) return agents[0]?.name ?? ''
  if (agents.some((agent) => agent.name === wanted)) return wanted
  const known = agents.map((agent) => agent.name).join(', ')
  throw invalid(
    origins.get('agents.default')?.from ?? '',
    undefined,
    `there is no agent type ${wanted}; known are ${known}`,
  )
}
