import { readFileSync } from 'node:fs'
import type { AgentType, Repository } from '../model/agent.ts'
import type { SourceSelection } from '../model/mode.ts'
import type { Project } from '../model/project.ts'
import { writePrivateFile } from './secret.ts'

/**
 * What `gemba serve` hands to the processes it starts: a JSON file (0600) in the data folder, named by `GEMBA_SETTINGS`.
 * Secrets are files, named by path; only the store's and Beads' addresses may carry a password, and the host gets neither.
 */
export interface CommonSettings {
  readonly version: string
  readonly project: Project
  /** The project's folder and its data folder, absolute. */
  readonly folder: string
  readonly data: string
  readonly temporal: {
    readonly address: string
    readonly namespace: string
    /** True when Gemba runs the server itself. */
    readonly embedded: boolean
    /** File with the secret that seals what travels through Temporal. */
    readonly keyFile: string
  }
  readonly tools: { readonly tmux: string; readonly git: string }
  /** What is watched for room: the data and the repositories, absolute. */
  readonly disk: { readonly folders: readonly string[]; readonly leastBytes: number }
  readonly host: {
    readonly id: string
    readonly label: string
    /** Sessions at a time on this host. */
    readonly slots: number
    /** Name of the tmux socket (`tmux -L`), of this data folder alone. */
    readonly socket: string
    /** File with the token that the host shows on its stream. */
    readonly tokenFile: string
  }
}

/** Where the Beads database is: on a Dolt server, or in a folder that `bd` keeps. */
export type BeadsSettings = BeadsServerSettings | { readonly embedded: false; readonly folder: string }

export interface BeadsServerSettings {
  readonly host: string
  readonly port: number
  readonly user: string
  /** File that holds the password; null when there is none. */
  readonly passwordFile: string | null
  readonly database: string
  /** True when Gemba runs the Dolt server itself: then a missing database is created. */
  readonly embedded: boolean
  /** Null: without TLS. `caFile`: PEM of the authorities trusted instead of those that Node knows. */
  readonly tls: { readonly caFile: string | null } | null
}

export interface ServerSettings extends CommonSettings {
  readonly beads: BeadsSettings
  /** A folder for PGlite, or a `postgres://` URL. */
  readonly store: { readonly folder: string } | { readonly url: string }
  readonly listen: { readonly host: string; readonly port: number }
  /** Origins that browsers may come from, e.g. `http://127.0.0.1:7666`. */
  readonly origins: readonly string[]
  readonly auth: 'token' | 'none'
  /** Temporal's web pages: those of the embedded server, or an address to link to. */
  readonly temporalUi: { readonly embedded: string } | { readonly elsewhere: string } | null
  /** File with the local token. */
  readonly tokenFile: string
  /** False with `--orchestration none`: no local host is started. */
  readonly orchestration: 'native' | 'none'
  /** The built console, or null when it was not built. */
  readonly webFolder: string | null
  /** The project is the example that ships with Gemba: an empty Beads database is filled with its beads. */
  readonly example: boolean
}

/** What the server of Beads-only mode is told. The address of a source may carry a password. */
export interface BeadsOnlySettings {
  readonly version: string
  /** The folder it was started in, and its data folder, absolute. */
  readonly folder: string
  readonly data: string
  readonly source: SourceSelection | null
  readonly readOnly: boolean
  readonly restart: boolean
  /** The session manifest, absolute. */
  readonly manifest: string
  /** Whose store it is: that of the project which went over from full mode, else Beads-only mode's own. */
  readonly project: string
  readonly store: ServerSettings['store']
  readonly disk: CommonSettings['disk']
  readonly listen: ServerSettings['listen']
  readonly origins: readonly string[]
  readonly auth: 'token' | 'none'
  readonly tokenFile: string
  readonly hostTokenFile: string
  readonly webFolder: string | null
}

export interface HostSettings extends CommonSettings {
  /** How agents are run on this host, by name, and where repositories lie on it, by id. Nobody else is told. */
  readonly agents: readonly AgentType[]
  readonly repositories: readonly Repository[]
  /** The server's own address for the host's stream, e.g. `http://127.0.0.1:7666`. */
  readonly server: string
}

/** Name of the environment variable with the settings file. */
export const settingsVariable = 'GEMBA_SETTINGS'

/** Writes the settings of one process where only this user can read them. */
export function writeSettings(file: string, settings: ServerSettings | HostSettings | BeadsOnlySettings): void {
  writePrivateFile(file, JSON.stringify(settings))
}

export function readServerSettings(env: NodeJS.ProcessEnv = process.env): ServerSettings {
  return read(env) as ServerSettings
}

export function readBeadsOnlySettings(env: NodeJS.ProcessEnv = process.env): BeadsOnlySettings {
  return read(env) as BeadsOnlySettings
}

export function readHostSettings(env: NodeJS.ProcessEnv = process.env): HostSettings {
  return read(env) as HostSettings
}

function read(env: NodeJS.ProcessEnv): unknown {
  const file = env[settingsVariable]
  if (file === undefined) throw new Error(`${settingsVariable} is not set: this process is started by gemba serve`)
  return JSON.parse(readFileSync(file, 'utf8'))
}
