import { GembaError } from '../../../model/error.ts'
import { isJsonObject, parseJsonObject } from '../../../model/json.ts'
import { ExecError, type ExecResult } from '../../../runtime/exec.ts'
import { withoutLogins } from '../../../runtime/url-secrets.ts'

type Classify = (found: RegExpExecArray, said: string) => GembaError

const because =
  (
    code:
      | 'work_plane_unavailable'
      | 'beads_login_refused'
      | 'beads_database_missing'
      | 'bead_invalid'
      | 'dependency_invalid'
      | 'read_only',
  ): Classify =>
  (_found, said) =>
    new GembaError(code, { why: said })

/** What bd says in its failures, the first that fits. It has no codes, only words (facts of `bd` 2.5). */
const causes: readonly (readonly [RegExp, Classify])[] = [
  [/PROJECT IDENTITY MISMATCH/, because('work_plane_unavailable')],
  [/Error 1213\b|\(40001\)|serialization failure/, () => new GembaError('work_plane_conflict')],
  [/database is read.?only|not allowed in read-only mode|command denied|--read-only/i, because('read_only')],
  [/locked by another dolt process|database is locked/i, because('work_plane_unavailable')],
  [/database "[^"]*" not found on Dolt server|Error 1049\b/, because('beads_database_missing')],
  [/Error 1045\b|access denied for user/i, because('beads_login_refused')],
  [/unreachable|connection refused|failed to open database/i, because('work_plane_unavailable')],
  [/no beads database found/i, because('work_plane_unavailable')],
  [/context canceled|deadline exceeded|broken pipe|bad connection/i, because('work_plane_unavailable')],
  [/requires a CGO build/i, because('work_plane_unavailable')],
  [
    /claiming (\S+): issue (?:already claimed by (.*)|not claimable)/,
    ([, bead = '', holder = 'nobody']) => new GembaError('bead_already_claimed', { bead, holder }),
  ],
  [
    /cannot close (?:epic )?(\S+): (.*)/,
    ([, bead = '', why = '']) => new GembaError('bead_close_refused', { bead, why }),
  ],
  [/would create a cycle/, () => new GembaError('dependency_cycle', { path: 'bd found it' })],
  [
    /dependency (\S+) -> (\S+) already exists with type "([^"]*)"/,
    ([, bead = '', target = '', type = '']) => new GembaError('dependency_exists', { bead, target, type }),
  ],
  [
    /self-dependency|can only block other|already a child of|invalid dependency type|external reference/i,
    because('dependency_invalid'),
  ],
  [/(?:no issue found matching|issue) "?([^\s"]+)"?(?: not found)?$/m, ([, bead = '']) => notFound(bead)],
  [/no issues? found matching/i, () => notFound('of that id')],
  [
    /failed to record event.*\bstring '/s,
    () => new GembaError('bead_invalid', { why: 'its texts are too long for the record that bd keeps of a change' }),
  ],
  [/invalid |validation failed|prefix mismatch|is a template|must be|is required|too long/i, because('bead_invalid')],
]

/** The failure of a run of bd, in words of the catalogue. */
export function bdFailure(result: ExecResult): GembaError {
  const said = withoutLogins(wordsOf(result).slice(0, 20_000))
  for (const [pattern, classify] of causes) {
    const found = pattern.exec(said)
    if (found !== null) return classify(found, said.slice(0, 300))
  }
  return new GembaError('bd_failed', { why: said.slice(0, 300) || `it ended with ${result.code}` })
}

/** bd did not run to its end, for which it had `timeout` milliseconds. */
export function bdTrouble(error: unknown, timeout: number): GembaError {
  if (error instanceof GembaError) return error
  if (!(error instanceof ExecError)) return new GembaError('internal', { why: String(error) }, { cause: error })
  if (error.reason === 'timeout')
    return new GembaError('bd_hung', { seconds: String(timeout / 1000) }, { cause: error })
  if (error.reason === 'overflow') return new GembaError('bd_failed', { why: error.message }, { cause: error })
  const hint = /locked by another/i.test(error.result.stderr) ? '; another program has the database open' : ''
  return new GembaError('work_plane_unavailable', { why: `${error.message}${hint}` }, { cause: error })
}

/** The error that it printed as JSON, on either stream, else the lines on stderr. */
function wordsOf({ stdout, stderr }: ExecResult): string {
  for (const stream of [stdout, stderr]) {
    const start = stream.indexOf('{')
    const said = start < 0 ? undefined : parseJsonObject(stream.slice(start))
    const inner = isJsonObject(said?.['data']) ? said['data'] : said
    const error = inner?.['error']
    if (typeof error === 'string') return error
  }
  return (stderr.trim() || stdout.trim()).replace(/^Error: /, '')
}

function notFound(bead: string): GembaError {
  return new GembaError('bead_not_found', { bead: bead.slice(0, 100) })
}
