/**
 * The one catalogue of errors. A code is stable: clients, tests and `docs/reference/errors.md` rely on it.
 * `message` tells a person what happened, `mend` what to do. `{name}` is replaced from the parameters.
 */
export interface ErrorEntry {
  /** HTTP status when the error reaches the API. */
  readonly status: number
  readonly message: string
  readonly mend: string
}

export const catalogue = {
  // Requests
  bad_request: {
    status: 400,
    message: 'The request is not well formed: {why}.',
    mend: 'Correct the named field and send it again.',
  },
  not_signed_in: {
    status: 401,
    message: 'This browser or program has not shown the local token.',
    mend: 'Open the URL that `gemba serve` printed, or send the token as a bearer token.',
  },
  too_many_tries: {
    status: 429,
    message: 'Too many wrong tokens came from this address.',
    mend: 'Wait {seconds} seconds, then open the URL that `gemba serve` printed.',
  },
  origin_refused: {
    status: 403,
    message: 'The request came from another site ({origin}).',
    mend: 'Use the console at its own address; add other addresses with `--public-url`.',
  },
  host_refused: {
    status: 403,
    message: 'The request named a host that this server does not answer for ({host}).',
    mend: 'Use the printed address; add other names with `--public-url`.',
  },
  not_found: {
    status: 404,
    message: 'There is nothing at {path}.',
    mend: 'Check the address; `/api/v1/openapi.json` lists what exists.',
  },
  too_large: {
    status: 413,
    message: 'The request is larger than {limit}.',
    mend: 'Send less; long texts belong into the repository.',
  },
  too_many_streams: {
    status: 503,
    message: 'There are already {limit} open streams.',
    mend: 'Close other windows of the console, then reload this one.',
  },
  internal: {
    status: 500,
    message: 'Something failed that should not have: {why}.',
    mend: 'Look into the server log for this time; nothing was half-done on purpose.',
  },
  // Nonces
  nonce_required: {
    status: 428,
    message: 'A change needs a confirmation nonce.',
    mend: 'Ask `POST /api/v1/nonces` for one and send it in `X-GEMBA-Confirm`.',
  },
  nonce_unknown: {
    status: 403,
    message: 'The confirmation nonce is unknown or has expired.',
    mend: 'Ask for a new one and try again.',
  },
  nonce_mismatch: {
    status: 403,
    message: 'The confirmation nonce was issued for another action or person.',
    mend: 'Ask for a nonce for exactly this request.',
  },
  nonce_busy: {
    status: 409,
    message: 'The same confirmed action is being carried out right now.',
    mend: 'Wait a moment and repeat the same request: it will answer with the result.',
  },
  // Work plane
  bead_not_found: {
    status: 404,
    message: 'There is no bead {bead}.',
    mend: 'Check the id; it may have been deleted by someone else.',
  },
  bead_changed: {
    status: 412,
    message: 'Bead {bead} was changed meanwhile.',
    mend: 'Read it again, compare, and repeat the change.',
  },
  bead_invalid: { status: 422, message: 'The bead can not be stored: {why}.', mend: 'Correct the named field.' },
  bead_exists: {
    status: 409,
    message: 'There is already a bead {bead}.',
    mend: 'Choose another id or leave it to Gemba.',
  },
  bead_already_claimed: {
    status: 409,
    message: 'Bead {bead} is already held by {holder}.',
    mend: 'Let it work, or end the session that holds it.',
  },
  bead_blocked: {
    status: 409,
    message: 'Bead {bead} is blocked by {blockers}.',
    mend: 'Finish the blockers first, or start it anyway.',
  },
  bead_not_startable: {
    status: 409,
    message: 'Bead {bead} can not be started: {why}.',
    mend: 'Only open beads that are work, not wrappers or decisions, can be started.',
  },
  bead_in_session: {
    status: 409,
    message: 'Bead {bead} is being worked by session {session}.',
    mend: 'End the session first.',
  },
  bead_close_refused: {
    status: 409,
    message: 'Bead {bead} can not be closed: {why}.',
    mend: 'Close or remove what holds it open, or force it.',
  },
  dependency_cycle: {
    status: 409,
    message: 'That dependency would close a circle: {path}.',
    mend: 'Remove one of the edges on the circle first.',
  },
  dependency_exists: {
    status: 409,
    message: 'Bead {bead} already depends on {target} as {type}.',
    mend: 'Remove the existing edge first.',
  },
  dependency_invalid: {
    status: 422,
    message: 'That dependency is not allowed: {why}.',
    mend: 'Choose another bead or kind.',
  },
  repository_unspecified: {
    status: 409,
    message: 'It is not clear which repository bead {bead} belongs to.',
    mend: 'Give it a label `repo:<id>` or a repository its id prefix in the configuration.',
  },
  work_plane_unavailable: {
    status: 503,
    message: 'The Beads database can not be reached: {why}.',
    mend: 'Check the address, and that the Dolt server runs; Gemba tries again by itself what is open.',
  },
  beads_login_refused: {
    status: 503,
    message: 'The Beads server does not let this login in: {why}.',
    mend: 'Correct the user, and the password in the address, in the file named by `GEMBA_BEADS_PASSWORD_FILE` or at `--ask-password`; or have the server grant the database to this user.',
  },
  beads_database_missing: {
    status: 503,
    message: 'The Beads server has no database of this name: {why}.',
    mend: 'Correct the name at the end of the address; Gemba goes on by itself once the server has such a database.',
  },
  beads_server_not_dolt: {
    status: 503,
    message: 'The server at this address is not Dolt: it is {found}.',
    mend: 'Name the port of a `dolt sql-server`. Beads keeps its versions in Dolt, which neither MySQL nor MariaDB has.',
  },
  beads_tables_missing: {
    status: 503,
    message: 'The database {database} holds no Beads tables.',
    mend: 'Name the database in which Beads keeps its issues, or have `bd init` make one.',
  },
  work_plane_schema: {
    status: 503,
    message: 'The Beads database has a schema that Gemba has not been tested with: {why}.',
    mend: 'Update Gemba, or the `bd` on its PATH where that is the older one.',
  },
  work_plane_conflict: {
    status: 503,
    message: 'The Beads database refused the write because others wrote at the same time.',
    mend: 'Repeat the change.',
  },
  read_only: {
    status: 403,
    message: 'This Beads source is read-only: {why}.',
    mend: 'Use a source or a login that may write; without `--beads-read-only`, where that was given.',
  },
  unavailable_in_mode: {
    status: 409,
    message: '{what} is not available in {mode} mode.',
    mend: 'Start it in the other mode: `gemba serve` on a project has agents work on beads, `gemba serve --beads-only` shows and edits them.',
  },
  source_missing: {
    status: 409,
    message: 'No Beads source has been chosen yet.',
    mend: 'Choose one in the console, or start with `--beads-url`, `--beads-dir` or `--worktree`.',
  },
  import_gone: {
    status: 404,
    message: 'This dry run of an import is no longer kept.',
    mend: 'Choose the file again; a dry run is kept for {minutes} minutes.',
  },
  import_busy: {
    status: 409,
    message: 'Another import is being judged or carried out.',
    mend: 'Wait until it has ended, then try again.',
  },
  source_invalid: {
    status: 422,
    message: 'This Beads source can not be used: {why}.',
    mend: 'Name a `mysql://user@host:port/database`, a folder with `.beads`, or a worktree.',
  },
  source_changed: {
    status: 409,
    message: 'The Beads source is another one than the one that this change was meant for.',
    mend: 'Look at the beads of the source that is open now, and decide again.',
  },
  source_busy: {
    status: 409,
    message: 'The Beads source can not be exchanged while changes are being written to it.',
    mend: 'Try again when they have ended; an import shows how far it is.',
  },
  source_fixed: {
    status: 409,
    message: 'A server that works a project keeps the remote of its Beads database as it is.',
    mend: 'Set it with `bd dolt remote` or in Dolt itself, or start with `--beads-only`.',
  },
  work_live: {
    status: 409,
    message: 'Gemba does not go over to Beads-only mode while agents are at work: {beads}.',
    mend: 'Wait until they are done, or end their sessions on the page Sessions; then choose again.',
  },
  beads_missing: {
    status: 404,
    message: 'There is no Beads database in {folder}.',
    mend: 'Name a folder that has a `.beads` folder, or let one be made there.',
  },
  bd_hung: {
    status: 504,
    message: '`bd` did not end within {seconds} s, and was ended with all that it had started.',
    mend: 'Try it again. When it lasts, see with `bd list` in that folder whether another program holds the database open.',
  },
  bd_failed: {
    status: 502,
    message: '`bd` failed, or answered what Gemba does not understand: {why}.',
    mend: 'Try it again; when it lasts, run `bd doctor` in that folder.',
  },
  remote_invalid: {
    status: 422,
    message: 'That remote can not be used: {why}.',
    mend: 'Name one such as `https://doltremoteapi.dolthub.com/owner/database` or `file:///folder`.',
  },
  read_only_unforced: {
    status: 409,
    message: 'The database can not be made read-only beneath Gemba: {why}.',
    mend: 'Leave out `--restart`: Gemba itself still refuses every write.',
  },
  // Orchestration
  dispatch_full: {
    status: 409,
    message: 'All {limit} seats are taken.',
    mend: 'Wait for a session to end, or raise `max_sessions`.',
  },
  dispatch_parked: {
    status: 409,
    message: 'Bead {bead} is parked: {why}.',
    mend: 'Mend the cause, then unpark or drag it again.',
  },
  host_unknown: {
    status: 404,
    message: 'There is no agent host {host}.',
    mend: '`GET /api/v1/hosts` lists the hosts.',
  },
  host_offline: {
    status: 503,
    message: 'Agent host {host} is not reachable.',
    mend: 'Check that its worker runs; Gemba goes on by itself when it is back.',
  },
  agent_unknown: {
    status: 422,
    message: 'There is no agent type {agent}.',
    mend: 'Add it to `.gemba/agents.toml`, or choose one of: {known}.',
  },
  agent_unknown_on_host: {
    status: 422,
    message: 'Unknown agent type on host {host}: {agent}.',
    mend: 'Add it to `.gemba/agents.toml` on that host and start Gemba again; the host knows: {known}.',
  },
  agent_missing: {
    status: 422,
    message: 'The program of agent {agent} was not found: {command}.',
    mend: 'Install it on the host or correct `command` in `.gemba/agents.toml`.',
  },
  session_not_found: {
    status: 404,
    message: 'There is no session {session}.',
    mend: '`GET /api/v1/sessions` lists the sessions.',
  },
  session_closed: {
    status: 409,
    message: 'Session {session} has ended.',
    mend: 'Start the bead again if there is more to do.',
  },
  fence_stale: {
    status: 409,
    message: 'Session {session} has moved on to a later attempt.',
    mend: 'Nothing to do: the later attempt is in charge.',
  },
  pane_gone: {
    status: 409,
    message: 'The pane of session {session} is gone.',
    mend: 'Gemba starts it again by itself.',
  },
  terminal_unavailable: {
    status: 503,
    message: 'The terminals of this host can not be reached: {why}.',
    mend: 'Gemba keeps trying; check that tmux runs on the host when it lasts.',
  },
  worktree_conflict: {
    status: 409,
    message: 'The worktree of bead {bead} can not be used: {why}.',
    mend: 'Move the named folder or branch away, then start again.',
  },
  repository_unknown_on_host: {
    status: 422,
    message: 'Unknown repository on host {host}: {repository}.',
    mend: 'Add it to `.gemba/gemba.toml` on that host and start Gemba again; the host knows: {known}.',
  },
  repository_unusable: {
    status: 409,
    message: 'Repository {repository} can not be worked in: {why}.',
    mend: 'Mend the repository, then start again.',
  },
  integration_conflict: {
    status: 409,
    message: 'The work of bead {bead} conflicts with {base}: {files}.',
    mend: 'Resolve it in the worktree, or send it back to the agent.',
  },
  // Decisions
  escalation_not_found: {
    status: 404,
    message: 'There is no escalation {escalation}.',
    mend: '`GET /api/v1/escalations` lists them.',
  },
  already_decided: { status: 409, message: 'This was already decided by {by} at {at}.', mend: 'Nothing to do.' },
  no_longer_needed: { status: 409, message: 'This question is no longer open: {why}.', mend: 'Nothing to do.' },
  option_unknown: {
    status: 422,
    message: 'The answer {value} is not one that this question takes.',
    mend: 'Answer with {options}.',
  },
  // Durable processes
  temporal_unavailable: {
    status: 503,
    message: 'Temporal can not be reached: {why}.',
    mend: 'Gemba keeps trying; running agents go on meanwhile.',
  },
  // Operational store
  store_unavailable: {
    status: 503,
    message: 'The operational store can not be reached: {why}.',
    mend: 'Gemba keeps trying; check the Postgres server when it lasts.',
  },
  store_in_use: {
    status: 503,
    message: 'Another running Gemba uses the same database as its operational store.',
    mend: 'Stop that one, or give this project a database of its own (`[store] url`).',
  },
  store_of_another: {
    status: 500,
    message: 'The operational store holds the data of project {found}, not of {project}.',
    mend: 'Give this project a store of its own (`[store] url`, or another `--data`), or its old id again.',
  },
  store_newer: {
    status: 500,
    message: 'The operational store was written by a newer Gemba (migration {found}, this one knows {known}).',
    mend: 'Start the newer Gemba, or restore a backup from before.',
  },
  store_changed: {
    status: 500,
    message: 'The operational store was made by another text of migration {file}.',
    mend: 'Start the Gemba that made it; a migration is never edited after its release.',
  },
  // Set-up and configuration
  config_invalid: {
    status: 500,
    message: '{file}: {why}',
    mend: 'Correct it; `gemba config explain` lists every key with what it means.',
  },
  tool_missing: { status: 500, message: '{tool} was not found and could not be obtained: {why}.', mend: '{fix}' },
  tool_too_old: {
    status: 500,
    message: '{tool} is too old: {path} is {found}, and Gemba needs {oldest} or newer.',
    mend: '{fix}',
  },
  setup_busy: {
    status: 500,
    message: 'Another set-up is running (process {pid}).',
    mend: 'Wait for it, then start again.',
  },
  disk_full: {
    status: 507,
    message: 'The disk is full: {path}.',
    mend: 'Free some room. What runs goes on by itself; a set-up is started again. Nothing half-done is kept.',
  },
  disk_low: {
    status: 507,
    message: 'There is too little room on the disk: {left} left in {folder}, {wanted} are wanted.',
    mend: 'Free some room there; Gemba goes on by itself. `[limits] min_free_disk` is the limit.',
  },
  room_missing: {
    status: 507,
    message: '{what} needs {need} of room in {folder}; {left} are left.',
    mend: 'Free some room there and start again; nothing half-done is kept.',
  },
  path_unusable: { status: 500, message: '{path} can not be used: {why}.', mend: '{fix}' },
  data_of_another: {
    status: 500,
    message: '{path} holds the data of the project in {folder}.',
    mend: 'Name another folder with `--data` or `GEMBA_DATA`, or none: then Gemba keeps each project apart by itself.',
  },
  data_left_behind: {
    status: 500,
    message: 'There is data of a project {project} that was in {old}, which is gone.',
    mend: "Was it moved here? Then: `mv '{path}' '{new}'`. Is it over? Then: `rm -r '{path}'`. Then start again.",
  },
  already_running: {
    status: 500,
    message: 'Gemba is already running on this project: process {pid}, {url}.',
    mend: 'Open it with `gemba open --browser`, or stop that process first.',
  },
  port_in_use: {
    status: 500,
    message: 'Port {port} is in use by another program.',
    mend: 'Stop it, or take a free port: `{command} --listen {other}`.',
  },
  bind_refused: {
    status: 500,
    message: 'Refusing to be reached at {address} without sign-in.',
    mend: 'Use `--auth token`; or listen on 127.0.0.1, without a public URL of another machine.',
  },
  backend_unavailable: {
    status: 500,
    message: 'The terminals of {backend} can not be used: {why}.',
    mend: 'Use `--backend tmux`, which is also what is taken without the flag. Gemba gets tmux where it can.',
  },
  listen_failed: {
    status: 500,
    message: 'Can not listen on {address}: {why}.',
    mend: 'Choose an address of this machine, for example `{command} --listen 127.0.0.1:7666`.',
  },
  process_failing: {
    status: 500,
    message: '{name} keeps failing: {why}.',
    mend: 'Look into {log}; Gemba goes on trying as long as it runs.',
  },
  process_hung: {
    status: 500,
    message: '{name} did not answer for {seconds} s and was ended; it is started again.',
    mend: 'Nothing to do. When it comes back, look into {log}; `[processes] hung_after` is the limit.',
  },
  project_missing: {
    status: 500,
    message: 'There is no Gemba project in {folder}.',
    mend: 'Run `gemba init` in a git repository, or name the folder of a project.',
  },
  not_a_repository: {
    status: 500,
    message: '{folder} is not the working folder of a git repository.',
    mend: 'Run `git init` and make a first commit there, then `gemba init` again; or name another folder.',
  },
  repository_refused: {
    status: 500,
    message: 'git refuses to work in {folder}, because it belongs to another user.',
    mend: 'Work in a clone of your own; or, if you trust it: `git config --global --add safe.directory "{folder}"`.',
  },
  not_running: {
    status: 404,
    message: 'Gemba is not running on the project in {folder}.',
    mend: 'Start it with `gemba serve`.',
  },
  config_key_unknown: {
    status: 500,
    message: 'There is no configuration key {key}.',
    mend: '`gemba config explain` lists every key.',
  },
  usage: { status: 500, message: '{why}', mend: '`gemba --help` lists the commands and their options.' },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof catalogue

/** A failure with a code from the catalogue. `params` fill the templates and travel with it. */
export class GembaError extends Error {
  readonly code: ErrorCode
  readonly params: Readonly<Record<string, string>>

  constructor(code: ErrorCode, params: Record<string, string> = {}, options?: { cause?: unknown }) {
    super(fill(catalogue[code].message, params), options)
    this.name = 'GembaError'
    this.code = code
    this.params = params
  }

  get status(): number {
    return catalogue[this.code].status
  }

  /** What the person can do about it. */
  get mend(): string {
    return fill(catalogue[this.code].mend, this.params)
  }
}

/** What is told of a failure to whoever asks how a part does: `code` is null for one that the catalogue does not know. */
export interface Trouble {
  readonly code: ErrorCode | null
  readonly why: string
  /** What the person can do about it. */
  readonly mend: string
}

export const noTrouble: Trouble = { code: null, why: '', mend: '' }

export function troubleOf(error: unknown): Trouble {
  if (error instanceof GembaError) return { code: error.code, why: error.message, mend: error.mend }
  return { code: null, why: error instanceof Error ? error.message : String(error), mend: '' }
}

/** Whether `value` is a code of the catalogue. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(catalogue, value)
}

function fill(template: string, params: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? 'unknown')
}
